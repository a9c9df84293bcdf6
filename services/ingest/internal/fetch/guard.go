package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"syscall"
)

// ErrPrivateAddress means that a name led to an address of our own network.
var ErrPrivateAddress = errors.New("a private address, which sources.allow_private_addresses forbids")

// refusePrivate runs once a name is resolved and before anything is sent, on
// each address tried: a name that changes its mind between a check and the
// connection (DNS rebinding), or a redirect, gains nothing.
func refusePrivate(_ context.Context, _, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("fetch: %q is no address: %w", address, err)
	}
	if !isPublic(target.Addr()) {
		return fmt.Errorf("fetch: %s is %w", target.Addr(), ErrPrivateAddress)
	}
	return nil
}

// special are the blocks that are not the public Internet, of the IANA
// registries for IPv4 and IPv6.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
	"fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

var (
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

func isPublic(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	if slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return false
	}
	if inner, ok := embedded(a); ok {
		return isPublic(inner)
	}
	return a.IsValid()
}

// embedded is the IPv4 address that an IPv6 address of a gateway stands for.
func embedded(a netip.Addr) (netip.Addr, bool) {
	bytes := a.As16()
	switch {
	case nat64.Contains(a):
		return netip.AddrFrom4([4]byte(bytes[12:16])), true
	case sixToFour.Contains(a):
		return netip.AddrFrom4([4]byte(bytes[2:6])), true
	default:
		return netip.Addr{}, false
	}
}
