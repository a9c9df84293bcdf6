package holiday

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Every time zone of a country is one, and of no other.
func TestEveryZoneIsOfOneCountry(t *testing.T) {
	t.Parallel()
	of := map[string]string{}
	for code, country := range countries {
		require.NotEmpty(t, country.zones, code)
		for _, zone := range country.zones {
			_, err := time.LoadLocation(zone)
			require.NoError(t, err, code)
			require.Empty(t, of[zone], code)
			of[zone] = code
		}
	}
}
