package detector_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// What was told live, a backtest tells again, byte for byte, in whatever order the
// mentions came within a moment; and so does a second one.
func TestLiveAndBacktestTellTheSame(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	began := time.Now()
	stop := b.start()
	b.settled()
	for wave, size := range []int{12, 25, 60, 200} {
		var posts []post
		for i := range size {
			now := time.Now()
			written := now.Add(-time.Duration(rand.IntN(180)) * time.Second)
			posts = append(posts, post{brand: "zest", id: fmt.Sprint(wave, "-", i), origin: vigiev1.Origin_ORIGIN_LIVE, at: written, collected: now})
		}
		rand.Shuffle(len(posts), func(i, j int) { posts[i], posts[j] = posts[j], posts[i] })
		b.publish(posts...)
		b.settled()
	}
	b.crisis("zest")
	stop()
	var live []string
	for _, incident := range b.of("zest") {
		line, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(incident)
		require.NoError(t, err)
		live = append(live, string(line))
	}
	bustest.Settled(t, b.bus, bus.StoreScored)
	for range 2 {
		work := b.backtest(began.Add(-time.Hour))
		work.Until = time.Now().Add(time.Second)
		found, err := work.Run(t.Context())
		require.NoError(t, err)
		var out bytes.Buffer
		require.NoError(t, found.WriteNDJSON(&out))
		told := strings.Split(strings.TrimSpace(out.String()), "\n")
		require.Len(t, told, len(live))
		for i := range live {
			require.JSONEq(t, live[i], told[i])
		}
	}
}

// So it is of what is loud by itself: who follows the author, how fast people react to a
// post, of which the tables keep the newest figures only, and how many tell a story.
func TestLiveAndBacktestTellTheSameOfWhatIsLoud(t *testing.T) {
	t.Parallel()
	b := emptyBench(t)
	b.cfg.Brands = []config.Brand{{ID: "zest"}, {ID: "zing"}, {ID: "zoom"}}
	began := time.Now()
	for _, brand := range b.cfg.Brands {
		b.calm(brand.ID, began)
	}
	bustest.Settled(t, b.bus, bus.StoreScored)
	stop := b.start()
	b.settled()
	say := func(p post) {
		p.origin, p.at, p.collected = vigiev1.Origin_ORIGIN_LIVE, began, time.Now()
		b.publish(p)
	}
	var posts []post
	for i := range 600 {
		posts = append(posts, post{brand: "zoom", id: fmt.Sprint("copy", i), story: "zoom:calm16", origin: vigiev1.Origin_ORIGIN_LIVE, at: began, collected: began})
	}
	b.publish(posts...)
	for revision, likes := range []uint64{3, 900_000, 1_000_000, 5_000_000} {
		say(post{brand: "zing", id: "viral", revision: uint64(revision), likes: likes})
		say(post{brand: "zest", id: fmt.Sprint("star", revision), followers: 100 * likes})
		b.settled()
	}
	signals := map[string]string{"zest": "reach", "zing": "engagement", "zoom": "story"}
	live := map[string][]string{}
	for brand, signal := range signals {
		told := b.reached(brand, vigiev1.Level_LEVEL_WATCH)
		require.Equal(t, []string{signal}, told.Evidence.Signals)
	}
	stop()
	for brand := range signals {
		for _, incident := range b.of(brand) {
			line, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(incident)
			require.NoError(t, err)
			live[brand] = append(live[brand], string(line))
		}
	}
	bustest.Settled(t, b.bus, bus.StoreScored)
	for range 2 {
		for brand := range signals {
			work := b.backtest(began.Add(-time.Hour))
			work.Brand, work.Until = brand, time.Now().Add(time.Second)
			found, err := work.Run(t.Context())
			require.NoError(t, err)
			var out bytes.Buffer
			require.NoError(t, found.WriteNDJSON(&out))
			told := strings.Split(strings.TrimSpace(out.String()), "\n")
			require.Len(t, told, len(live[brand]), brand)
			for i := range told {
				require.JSONEq(t, live[brand][i], told[i])
			}
		}
	}
}
