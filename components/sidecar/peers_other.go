//go:build !linux

package main

// guardPeers does nothing but say so: only Linux is asked whose a connection is.
func guardPeers() {
	log.Warn("Other accounts of this machine are not kept out of these ports: that is done on Linux only.")
}
