package fetch

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPublicAddressesAreReached(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.169.0.1", "223.255.255.255",
		"2606:4700::1111", "2a01:e0a::1", "64:ff9b::1.1.1.1", "2002:101:101::",
	} {
		require.True(t, isPublic(netip.MustParseAddr(address)), address)
	}
	require.False(t, isPublic(netip.Addr{}))
}
