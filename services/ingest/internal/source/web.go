package source

import "strings"

// Web is a post's address with another site in place of the network's own, which
// it keeps where elsewhere is empty.
func Web(address, own, elsewhere string) string {
	path, found := strings.CutPrefix(address, own)
	if elsewhere == "" || !found {
		return address
	}
	return strings.TrimSuffix(elsewhere, "/") + path
}
