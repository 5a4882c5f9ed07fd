package main

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"time"
	_ "unsafe" // for go:linkname
)

// accept4 is the variable through which Go accepts every connection on Linux. The build allows the link by
// -checklinkname=0. guardPeers ends the process where a version of Go no longer goes this way.
//
//go:linkname accept4 internal/poll.Accept4Func
var accept4 func(listener, flags int) (int, syscall.Sockaddr, error)

// guardPeers closes every connection to loopback whose other end does not belong to our own account, before anything is
// read from it. Dapr and etcd ask nobody on loopback who they are.
func guardPeers() {
	unguarded := accept4
	if unguarded == nil {
		log.Fatal("This Go accepts connections in another way, so other accounts cannot be kept out: build with Go 1.26.")
	}
	owner, err := chooseOwner(unguarded)
	if err != nil {
		log.Fatalf("Other accounts of this machine cannot be kept out: %v", err)
	}
	guard := peerGuard{owner: owner, uid: uint32(os.Geteuid())}
	accept4 = func(listener, flags int) (int, syscall.Sockaddr, error) {
		connection, peer, err := unguarded(listener, flags)
		if err != nil || guard.admits(connection, peer) {
			return connection, peer, err
		}
		_ = syscall.Close(connection)
		return -1, nil, syscall.ECONNABORTED // for which Go accepts the next one
	}
}

// chooseOwner returns the first way to find a socket's owner that finds ours. It proves besides that accept4 is asked.
func chooseOwner(unguarded func(int, int) (int, syscall.Sockaddr, error)) (ownerOf, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	asked := false
	accept4 = func(listener, flags int) (int, syscall.Sockaddr, error) {
		asked = true
		return unguarded(listener, flags)
	}
	defer func() { accept4 = unguarded }()
	own, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return nil, err
	}
	defer own.Close()
	accepted, err := listener.Accept()
	if err != nil {
		return nil, err
	}
	defer accepted.Close()
	if !asked {
		return nil, fmt.Errorf("this Go accepts connections in another way: build with Go 1.26")
	}
	return findingOwn(own)
}

func findingOwn(own net.Conn) (ownerOf, error) {
	from, to := own.LocalAddr().(*net.TCPAddr).AddrPort(), own.RemoteAddr().(*net.TCPAddr).AddrPort()
	var failed error
	for _, owner := range []ownerOf{ownerByDiag, ownerByProc} {
		uid, err := owner(from, to)
		if err == nil && uid == uint32(os.Geteuid()) {
			return owner, nil
		}
		failed = fmt.Errorf("the owner of our own connection was not found: uid %d, %v", uid, err)
	}
	return nil, failed
}

// peerGuard decides about connections to one account's loopback ports.
type peerGuard struct {
	owner   ownerOf
	uid     uint32
	refused atomic.Int64
	told    atomic.Int64 // the second of the last line in the log
}

// admits reports whether a connection may be served. Unix sockets are guarded by their file, and what listens on
// another address than loopback was opened to other machines on purpose.
func (g *peerGuard) admits(connection int, peer syscall.Sockaddr) bool {
	local, err := syscall.Getsockname(connection)
	if err != nil {
		return false
	}
	from, to := addressOf(peer), addressOf(local)
	if !to.Addr().IsLoopback() {
		return true
	}
	uid, err := g.owner(from, to)
	if err == nil && uid == g.uid {
		return true
	}
	g.tell(to, uid, err)
	return false
}

// tell writes at most one line a second, so that a flood does not fill the log.
func (g *peerGuard) tell(to netip.AddrPort, uid uint32, err error) {
	count, now, before := g.refused.Add(1), time.Now().Unix(), g.told.Load()
	if now == before || !g.told.CompareAndSwap(before, now) {
		return
	}
	who := fmt.Sprintf("account %d", uid)
	if err != nil {
		who = fmt.Sprintf("an unknown account (%v)", err)
	}
	log.Warnf("Refused a connection to %s from %s; refused so far: %d", to, who, count)
}

// addressOf returns the zero value, which is not loopback, for what is no IP address.
func addressOf(address syscall.Sockaddr) netip.AddrPort {
	switch ip := address.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(ip.Addr), uint16(ip.Port))
	case *syscall.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(ip.Addr).Unmap(), uint16(ip.Port))
	}
	return netip.AddrPort{}
}
