package escalation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// dead makes channels fail each time.
func dead(channels ...string) func(string, time.Duration) Outcome {
	return func(channel string, _ time.Duration) Outcome {
		for _, d := range channels {
			if d == channel {
				return Outcome{Error: "HTTP 500"}
			}
		}
		return Outcome{}
	}
}

func TestADeadChannelIsLeftForTheNextOne(t *testing.T) {
	story(t, func(t *testing.T) {
		n := newNight(t, Crisis)
		n.answers = dead("push")
		n.sleep(time.Minute)
		require.Equal(t, []string{"7s call alice by mail"}, n.heard, "after tries 1, 2 and 4 s apart")
		require.Equal(t, 5, n.tried)

		n = newNight(t, Alert)
		n.answers = dead("push")
		n.sleep(time.Hour)
		require.Equal(t, []string{"2m3s call alice by mail"}, n.heard, "an alert has more patience")
	})
}

func TestEveryChannelOfAPersonIsDead(t *testing.T) {
	story(t, func(t *testing.T) {
		n := newNight(t, Crisis)
		n.answers = dead("push", "mail")
		n.sleep(6 * time.Minute)
		require.Equal(t, []string{"14s call bruno by bruno", "5m14s call chloe by chloe"}, n.heard)

		n = newNight(t, Crisis)
		n.answers = func(channel string, _ time.Duration) Outcome {
			if channel == "chloe" {
				return Outcome{}
			}
			return Outcome{Error: "HTTP 404: no_service", Permanent: true}
		}
		n.sleep(time.Minute)
		require.Equal(t, []string{"0s call chloe by chloe"}, n.heard, "what cannot be helped costs no time")
	})
}

// The network is down for an hour: everyone is tried again and again, and heard
// as soon as it is back; the rounds in vain do not count.
func TestNobodyCanBeReachedForAnHour(t *testing.T) {
	story(t, func(t *testing.T) {
		n := newNight(t, Crisis)
		n.answers = func(_ string, at time.Duration) Outcome {
			if at < time.Hour {
				return Outcome{Error: "connection refused"}
			}
			return Outcome{}
		}
		n.sleep(time.Hour)
		require.Greater(t, n.tried, 300)
		require.Less(t, n.tried, 1500, "and does not run hot")
		n.sleep(2 * time.Minute)
		require.Len(t, n.heard, 1)
		n.sleep(44 * time.Minute)
		require.Len(t, n.heard, 10, "nine calls in three rounds, and the last person")

		n = newNight(t, Alert)
		n.answers = dead("push", "mail")
		n.sleep(30 * time.Minute)
		n.answers = nil
		n.sleep(10 * time.Minute)
		require.Len(t, n.heard, 1, "an alert is not lost either")
	})
}

func TestAChannelThatAsksForPatience(t *testing.T) {
	story(t, func(t *testing.T) {
		slow := func(only string) func(string, time.Duration) Outcome {
			return func(channel string, at time.Duration) Outcome {
				if channel == only && at < 30*time.Second {
					return Outcome{Error: "HTTP 429", RetryAfter: 30*time.Second - at}
				}
				return Outcome{}
			}
		}
		n := newNight(t, Crisis)
		n.answers = slow("push")
		n.sleep(time.Minute)
		require.Equal(t, []string{"0s call alice by mail"}, n.heard, "another channel is there, and it is a crisis")

		n = newNight(t, Crisis)
		n.duty.Order = []string{"bruno", "chloe"}
		n.answers = slow("bruno")
		n.sleep(time.Minute)
		require.Equal(t, []string{"30s call bruno by bruno"}, n.heard)
		require.Equal(t, 2, n.tried, "it was asked to wait, and did")

		n = newNight(t, Alert)
		n.answers = slow("push")
		n.sleep(time.Minute)
		require.Equal(t, []string{"30s call alice by push"}, n.heard)

		n = newNight(t, Alert)
		n.answers = func(channel string, _ time.Duration) Outcome {
			if channel == "push" {
				return Outcome{Error: "HTTP 429", RetryAfter: time.Hour}
			}
			return Outcome{}
		}
		n.sleep(time.Minute)
		require.Equal(t, []string{"0s call alice by mail"}, n.heard, "an hour is too much to ask")
	})
}

func TestATeamOfOneAndNobodyAtAll(t *testing.T) {
	story(t, func(t *testing.T) {
		n := newNight(t, Crisis)
		n.duty.Order = []string{"bruno"}
		n.sleep(11 * time.Minute)
		require.Equal(t, []string{"0s call bruno by bruno", "5m0s call bruno by bruno", "10m0s call bruno by bruno"}, n.heard)

		n = newNight(t, Crisis)
		n.duty.Order = nil
		n.sleep(time.Minute)
		require.Empty(t, n.heard)
		n.duty = company()
		n.sleep(time.Second)
		require.Len(t, n.heard, 1, "told as soon as the config names someone")

		n = newNight(t, Crisis)
		n.duty.Order = []string{"ghost", "alice"}
		n.sleep(time.Second)
		require.Equal(t, []string{"0s call alice by push"}, n.heard, "who has no channel is passed over")
	})
}
