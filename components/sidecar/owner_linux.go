package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// ownerOf returns the account of the open socket on this machine that is bound to `from` and connected to `to`.
type ownerOf func(from, to netip.AddrPort) (uint32, error)

// errNoOwner: closed meanwhile, or in another network namespace. A closed socket may still have sent a request, and
// Linux calls some of them root's.
var errNoOwner = errors.New("no open socket of this machine")

const (
	sockDiagByFamily = 20
	established      = 1
	answerSeconds    = 2
	headerBytes      = 16                   // struct nlmsghdr
	requestBytes     = headerBytes + 8 + 48 // and struct inet_diag_req_v2
	answerBytes      = headerBytes + 72     // and struct inet_diag_msg
)

// ownerByDiag asks the kernel for one socket, as `ss` does for all.
func ownerByDiag(from, to netip.AddrPort) (uint32, error) {
	diag, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_INET_DIAG)
	if err != nil {
		return 0, err
	}
	defer syscall.Close(diag)
	if err := syscall.SetsockoptTimeval(diag, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Sec: answerSeconds}); err != nil {
		return 0, err
	}
	kernel := &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}
	if err := syscall.Sendto(diag, diagRequest(from, to), 0, kernel); err != nil {
		return 0, err
	}
	answer := make([]byte, 1024)
	size, _, err := syscall.Recvfrom(diag, answer, 0)
	if err != nil {
		return 0, err
	}
	return ownerIn(answer[:size])
}

func diagRequest(from, to netip.AddrPort) []byte {
	request := make([]byte, requestBytes)
	host := binary.NativeEndian
	host.PutUint32(request[0:], requestBytes)
	host.PutUint16(request[4:], sockDiagByFamily)
	host.PutUint16(request[6:], syscall.NLM_F_REQUEST)
	request[headerBytes] = syscall.AF_INET
	if from.Addr().Is6() {
		request[headerBytes] = syscall.AF_INET6
	}
	request[headerBytes+1] = syscall.IPPROTO_TCP
	host.PutUint32(request[headerBytes+4:], 1<<established)
	id := request[headerBytes+8:] // struct inet_diag_sockid, as the other end sees it
	binary.BigEndian.PutUint16(id[0:], from.Port())
	binary.BigEndian.PutUint16(id[2:], to.Port())
	copy(id[4:20], from.Addr().AsSlice())
	copy(id[20:36], to.Addr().AsSlice())
	host.PutUint64(id[40:], ^uint64(0)) // no cookie
	return request
}

func ownerIn(answer []byte) (uint32, error) {
	host := binary.NativeEndian
	if len(answer) >= headerBytes+4 && host.Uint16(answer[4:]) == syscall.NLMSG_ERROR {
		return 0, fmt.Errorf("%w: %w", errNoOwner, syscall.Errno(-int32(host.Uint32(answer[headerBytes:]))))
	}
	if len(answer) < answerBytes {
		return 0, fmt.Errorf("the kernel answered %d bytes", len(answer))
	}
	facts := answer[headerBytes:]
	uid, inode := host.Uint32(facts[64:]), host.Uint32(facts[68:])
	if facts[1] != established || inode == 0 {
		return 0, errNoOwner
	}
	return uid, nil
}

// ownerByProc reads the table of all sockets: where the kernel or a sandbox has no sock_diag.
func ownerByProc(from, to netip.AddrPort) (uint32, error) {
	for _, table := range []struct {
		path   string
		mapped bool
	}{{"/proc/net/tcp", false}, {"/proc/net/tcp6", true}} {
		uid, err := ownerInTable(table.path, inProc(from, table.mapped), inProc(to, table.mapped))
		if !errors.Is(err, errNoOwner) && !errors.Is(err, os.ErrNotExist) {
			return uid, err
		}
	}
	return 0, errNoOwner
}

// ownerInTable looks for a line `sl local remote state queues timer retransmits uid timeout inode …`.
func ownerInTable(path, from, to string) (uint32, error) {
	table, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer table.Close()
	for lines := bufio.NewScanner(table); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) > 9 && words[1] == from && words[2] == to && words[3] == "01" && words[9] != "0" {
			uid, err := strconv.ParseUint(words[7], 10, 32)
			return uint32(uid), err
		}
	}
	return 0, errNoOwner
}

// inProc writes an address as the kernel does: words of four bytes in the machine's own order, in hexadecimal.
func inProc(address netip.AddrPort, mapped bool) string {
	bytes := address.Addr().AsSlice()
	if mapped {
		sixteen := address.Addr().As16()
		bytes = sixteen[:]
	}
	words := strings.Builder{}
	for word := range slices.Chunk(bytes, 4) {
		fmt.Fprintf(&words, "%08X", binary.NativeEndian.Uint32(word))
	}
	return fmt.Sprintf("%s:%04X", words.String(), address.Port())
}
