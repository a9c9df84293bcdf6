package e2e_test

// boardAnswer is what a query must answer: its columns, its rows for all brands,
// and for Acme alone where they differ.
type boardAnswer struct {
	columns   string
	all, acme []string
}

// boardAnswers were counted by hand in boardMentions, insertIncidents and
// insertPages. Times are minutes in the hour on show; "-" is nothing.
var boardAnswers = map[string]boardAnswer{
	"Advocates and detractors A": {
		"Says String | Brand LowCardinality(String) | Author String | Source LowCardinality(String) | Followers UInt64 | Mentions UInt64 | Newest DateTime64(3, 'UTC') | Text String | Link String",
		[]string{
			"warns | acme | @ana | x | 1000 | 1 | +5m | words of x:1 | https://x.example/1",
			"recommends | globex | @ana | x | 1000 | 1 | +5m | words of x:1 | https://x.example/1",
			"warns | acme | @bob | bluesky | 50 | 1 | +12m | words of b:2 | ",
			"recommends | globex | @eva | x | 20 | 1 | +10m | words of x:8 | ",
			"recommends | acme | @kim | x | 10 | 1 | +45m | words of x:5 | ",
		}, []string{
			"warns | acme | @ana | x | 1000 | 1 | +5m | words of x:1 | https://x.example/1",
			"warns | acme | @bob | bluesky | 50 | 1 | +12m | words of b:2 | ",
			"recommends | acme | @kim | x | 10 | 1 | +45m | words of x:5 | ",
		},
	},
	"Blind sources A": {
		"Blind now UInt64",
		[]string{"1"}, nil,
	},
	"Coverage A": {
		"Source LowCardinality(String) | Page String | Blind since DateTime64(3, 'UTC') | What happened, and what to do String",
		[]string{"rss |  | +10m | restart it"}, nil,
	},
	"Incidents now A": {
		"Level String | Brand LowCardinality(String) | Since DateTime64(3, 'UTC') | Observed UInt64 | Expected Float64 | Negative UInt64 | Expected negative Float64 | Taken by String",
		[]string{
			"crisis | acme | +20m | 84 | 6.5 | 42 | 2.25 | Léa",
			"opportunity | acme | +40m | 60 | 6.5 | 30 | 2.25 | ",
		}, nil,
	},
	"Languages A": {
		"Language LowCardinality(String) | Mentions UInt64",
		[]string{
			"fr | 4",
			"en | 2",
			"ja | 1",
		}, []string{
			"fr | 4",
			"en | 1",
			"ja | 1",
		},
	},
	"Mentions A": {
		"Mentions UInt64 | vs a week earlier Nullable(Float64)",
		[]string{"7 | 1.333"}, []string{"6 | 2"},
	},
	"Mentions by sentiment A": {
		"time DateTime('UTC') | Negative UInt64 | Neutral UInt64 | Positive UInt64 | Not scored UInt64",
		[]string{
			"+0m | 3 | 0 | 1 | 0",
			"+20m | 1 | 1 | 1 | 0",
			"+40m | 0 | 0 | 0 | 1",
		}, []string{
			"+0m | 2 | 0 | 0 | 0",
			"+20m | 1 | 1 | 1 | 0",
			"+40m | 0 | 0 | 0 | 1",
		},
	},
	"Negative share A": {
		"Negative Nullable(Float64) | a week earlier Nullable(Float64)",
		[]string{"0.5714 | 0.3333"}, []string{"0.6 | 0.5"},
	},
	"Net sentiment A": {
		"Net sentiment Nullable(Float64) | a week earlier Nullable(Float64)",
		[]string{"-28.57 | 0"}, []string{"-40 | -50"},
	},
	"Net sentiment over time A": {
		"time DateTime('UTC') | Net sentiment Nullable(Float64)",
		[]string{
			"+0m | -50",
			"+20m | 0",
			"+40m | -",
		}, []string{
			"+0m | -100",
			"+20m | 0",
			"+40m | -",
		},
	},
	"Open incidents A": {
		"Crises UInt64 | Alerts UInt64 | Watched UInt64 | Opportunities UInt64",
		[]string{"1 | 0 | 0 | 1"}, nil,
	},
	"Pages sent A": {
		"Time DateTime64(3, 'UTC') | Level String | Brand String | Person String | Channel String | State String | Delay Float64 | Taken by String | Taken after Nullable(Float64) | Verdict String | Error String",
		[]string{
			"+30m | alert | globex | max | smtp | failed | 0 |  | - |  | mailbox full",
			"+29m | crisis | acme | lea | slack | acked | 0.8 | Léa | 240 | alert | ",
		}, []string{"+29m | crisis | acme | lea | slack | acked | 0.8 | Léa | 240 | alert | "},
	},
	"Potential reach A": {
		"With copies UInt64 | Without copies UInt64",
		[]string{"6180 | 6120"}, []string{"6160 | 6100"},
	},
	"Risks A": {
		"Risk String | Mentions UInt64 | Stories UInt64 | Words String | Newest DateTime64(3, 'UTC') | Text String | Link String",
		[]string{
			"boycott | 2 | 1 | boycottez, abonnés | +12m | words of b:2 | ",
			"recall | 1 | 1 | rappel | +31m | words of r:4 | ",
			"influencer | 1 | 1 | abonnés, boycottez | +5m | words of x:1 | https://x.example/1",
		}, nil,
	},
	"Share by source A": {
		"Source LowCardinality(String) | Mentions UInt64",
		[]string{
			"x | 5",
			"bluesky | 1",
			"rss | 1",
		}, []string{
			"x | 4",
			"bluesky | 1",
			"rss | 1",
		},
	},
	"Share of sentiment A": {
		"Negative UInt64 | Neutral UInt64 | Positive UInt64 | Not scored UInt64",
		[]string{"4 | 1 | 2 | 1"}, []string{"3 | 1 | 1 | 1"},
	},
	"Share of voice A": {
		"Share of voice Nullable(Float64) | a week earlier Nullable(Float64)",
		[]string{"1 | 1"}, []string{"0.75 | 0.6667"},
	},
	"Share of voice between brands A": {
		"Brand LowCardinality(String) | Mentions UInt64",
		[]string{
			"acme | 6",
			"globex | 2",
		}, nil,
	},
	"Stories A": {
		"Stories UInt64 | of mentions are copies Nullable(Float64)",
		[]string{"4 | 0.4286"}, []string{"3 | 0.5"},
	},
	"Stories told most A": {
		"First words String | Told UInt64 | Authors UInt64 | Sources String | Reach with copies UInt64 | Reach without copies UInt64 | Negative share Nullable(Float64) | First told DateTime64(3, 'UTC') | Link String",
		[]string{
			"words of x:1 | 3 | 2 | bluesky, rss, x | 1050 | 1000 | 0.75 | +5m | https://x.example/1",
			"words of x:3 | 2 | 2 | x | 1110 | 1100 | 0 | +20m | ",
		}, []string{
			"words of x:1 | 3 | 2 | bluesky, rss, x | 1050 | 1000 | 0.6667 | +5m | https://x.example/1",
			"words of x:3 | 2 | 2 | x | 1110 | 1100 | 0 | +20m | ",
		},
	},
	"Top authors A": {
		"Author String | Source LowCardinality(String) | Potential reach UInt64 | Mentions UInt64 | Negative share Nullable(Float64)",
		[]string{
			"@ana | x | 1100 | 2 | 0.6667",
			"@bob | bluesky | 50 | 1 | 1",
			"@eva | x | 20 | 1 | 0",
			"@kim | x | 10 | 1 | -",
		}, []string{
			"@ana | x | 1100 | 2 | 0.5",
			"@bob | bluesky | 50 | 1 | 1",
			"@kim | x | 10 | 1 | -",
		},
	},
	"Topics A": {
		"Topic String | Mentions UInt64 | Negative share Nullable(Float64)",
		[]string{
			"price | 3 | 0.3333",
			"delivery | 2 | 0.6667",
		}, []string{
			"delivery | 2 | 0.5",
			"price | 2 | 0.5",
		},
	},
	"Volume against the week before A": {
		"time DateTime('UTC') | This week UInt64 | Without copies UInt64",
		[]string{
			"+0m | 3 | 2",
			"+20m | 3 | 3",
			"+40m | 1 | 1",
		}, []string{
			"+0m | 2 | 1",
			"+20m | 3 | 3",
			"+40m | 1 | 1",
		},
	},
	"Volume against the week before B": {
		"time DateTime('UTC') | Week before UInt64",
		[]string{
			"+0m | 3",
			"+20m | 0",
			"+40m | 0",
		}, []string{
			"+0m | 2",
			"+20m | 0",
			"+40m | 0",
		},
	},
	"Who to answer A": {
		"Published DateTime64(3, 'UTC') | Brand LowCardinality(String) | To be answered by LowCardinality(String) | Author String | Followers UInt64 | Engagement UInt64 | Text String | Topics String | Source LowCardinality(String) | Link String",
		[]string{
			"+12m | acme | sales | @bob | 50 | 30 | words of b:2 | price | bluesky | ",
			"+5m | acme | customer_care | @ana | 1000 | 5 | words of x:1 | delivery | x | https://x.example/1",
			"+5m | globex | customer_care | @ana | 1000 | 5 | words of x:1 | delivery | x | https://x.example/1",
		}, []string{
			"+12m | acme | sales | @bob | 50 | 30 | words of b:2 | price | bluesky | ",
			"+5m | acme | customer_care | @ana | 1000 | 5 | words of x:1 | delivery | x | https://x.example/1",
		},
	},
	"annotation Alert": {
		"time DateTime64(3, 'UTC') | timeEnd DateTime64(3, 'UTC') | title String | text String | tags String",
		[]string{"+30m | +50m | Alert: globex | 30 mentions where 6.5 were expected | alert"}, []string{},
	},
	"annotation Crisis": {
		"time DateTime64(3, 'UTC') | timeEnd DateTime64(3, 'UTC') | title String | text String | tags String",
		[]string{"+29m | until now | Crisis: acme | 84 mentions where 6.5 were expected | crisis"}, nil,
	},
	"variable brand": {
		"brand_id LowCardinality(String)",
		[]string{
			"acme",
			"globex",
		}, nil,
	},
	"variable source": {
		"source LowCardinality(String)",
		[]string{
			"bluesky",
			"rss",
			"x",
		}, nil,
	},
}
