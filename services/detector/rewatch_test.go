package detector_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// A brand that leaves the config while its incident is open: that is resolved at once and
// says why, and nothing is left of what was known of the brand. Back within the hour it is
// new: what was told is not told again, and what breaks out then is another incident.
func TestABrandLeavesTheConfigAndComesBack(t *testing.T) {
	t.Parallel()
	for _, stopped := range []bool{false, true} {
		t.Run(fmt.Sprint("stopped ", stopped), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.cfg.Language = "fr"
			stop := b.start()
			change := func(brands ...config.Brand) {
				if stopped {
					stop()
				}
				next := *b.cfg
				next.Brands = brands
				require.NoError(t, b.live.Replace(&next))
				if stopped {
					stop = b.start()
				}
			}
			b.burst("zest", 0, 200, time.Now())
			opened := b.crisis("zest")
			b.settled()
			change(config.Brand{ID: "zing"}, config.Brand{ID: "zest-france", Name: "Zest"}) // renamed
			b.eventually("it is resolved", func() bool { return !open(b.of("zest")) })
			told := b.of("zest")
			last := told[len(told)-1]
			require.Equal(t, opened.IncidentId, last.IncidentId)
			require.Equal(t, opened.Revision+1, last.Revision)
			require.Equal(t, opened.Level, last.Level)
			require.Equal(t, "Cette marque a été retirée de la configuration\u00A0: Vigie ne la suit plus.", last.Detail)
			require.Empty(t, opened.Detail)
			for _, bucket := range []string{bus.BucketDetect, bus.BucketHeard} {
				b.eventually("nothing is left of it in "+bucket, func() bool { return !b.keeps(bucket, "zest") })
			}
			b.burst("zest", 200, 100, time.Now())
			b.settled()
			require.Len(t, b.of("zest"), len(told), "it is heard no more")

			change(config.Brand{ID: "zest"}, config.Brand{ID: "zing"})
			b.eventually("it is watched again", func() bool { return b.keeps(bus.BucketDetect, "zest") })
			b.settled()
			n := 300
			b.eventually("what breaks out is another one", func() bool {
				var posts []post
				now := time.Now()
				for range 40 {
					n++
					posts = append(posts, post{brand: "zest", id: fmt.Sprint(n), origin: vigiev1.Origin_ORIGIN_LIVE, at: now, collected: now})
				}
				b.publish(posts...)
				return len(b.of("zest")) > len(told)
			})
			again := b.of("zest")[len(told)]
			require.NotEqual(t, opened.IncidentId, again.IncidentId)
			require.EqualValues(t, 1, again.Revision)
			require.Empty(t, again.Detail)
		})
	}
}

// keeps says whether a bucket holds something of a brand.
func (b *bench) keeps(bucket, brand string) bool {
	b.t.Helper()
	state, err := b.bus.Bucket(b.t.Context(), bucket)
	require.NoError(b.t, err)
	keys, err := state.ListKeys(b.t.Context())
	require.NoError(b.t, err)
	kept := false
	for key := range keys.Keys() {
		kept = kept || key == brand || key == "brand."+brand || key == "watched."+brand
	}
	return kept
}
