package source

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPostIsReadOnTheNetworksSiteOrOnAnother(t *testing.T) {
	t.Parallel()
	const own = "https://bsky.app"
	require.Equal(t, own+"/profile/a", Web(own+"/profile/a", own, ""))
	require.Equal(t, "http://127.0.0.1:1/bluesky/profile/a", Web(own+"/profile/a", own, "http://127.0.0.1:1/bluesky/"))
	require.Equal(t, "https://other.example/a", Web("https://other.example/a", own, "http://127.0.0.1:1"))
}
