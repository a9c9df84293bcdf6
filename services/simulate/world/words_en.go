package world

var english = lexicon{
	things: map[Sector][]string{
		Drinks:   {"the lemon and thyme fizz", "the peach iced tea", "the small can", "the new recipe", "the sugar-free one", "the ginger syrup"},
		Rail:     {"the 7:42 train", "the coast line", "the quiet coach", "the last train home", "the night train", "the young card"},
		Phone:    {"the unlimited plan", "the router", "the fibre", "the signal indoors", "the app", "the roaming option"},
		Clothing: {"the yellow parka", "the blue mac", "the rain jacket", "the dry bag", "the autumn range", "the cycling poncho"},
	},
	places:  []string{"in Leeds", "in Bristol", "in Dublin", "in Cardiff", "in Glasgow", "in York", "in Brighton", "in Belfast", "in Toronto"},
	moments: []string{"this morning", "last night", "just now", "at lunch", "this week", "earlier today"},
	openers: [3][]string{
		{"Honestly,", "Once again:", "Right.", "I give up.", "Seriously,", "Not again:", "Fuming."},
		{"So,", "Quick question:", "FYI,", "Asking for a friend:", "By the way,", "Just wondering:"},
		{"Credit where due:", "Pleasant surprise,", "I have to say,", "For once,", "Small joys:", "Never thought I'd say it:"},
	},
	closers: [3][]string{
		{", I'm done", ". Never again.", " and nobody answers", ", off to a competitor", ". Thanks for nothing.", ", shameful", "... what a joke"},
		{", anyone know?", ", we'll see", ". Thoughts?", ", open to opinions", ", watching this"},
		{", thank you all", ", makes a change", ". I'll be back!", ", keep it up", ", well done", " and no, this isn't an ad"},
	},
	cores: map[Topic][3][]string{
		Product: {
			{"{t} from {b} is such a letdown", "I don't get the hype about {t} at {b}", "third time {t} from {b} disappoints me", "quality at {b} is in free fall: {t}, no thanks", "I really wanted to like {t} from {b}"},
			{"has anyone tried {t} from {b}?", "{b} has news about {t}", "torn between {t} from {b} and the others", "saw an ad {p} for {t} from {b}", "{t} at {b}, any good?"},
			{"{t} from {b} is a little wonder", "would recommend {t} from {b} to anyone", "{b} nailed it with {t}", "lovely surprise with {t} from {b} {d}", "well done {b} for {t}"},
		},
		Service: {
			{"{n} minutes on hold with {b}, a new record", "{b} hung up on me {d}", "{b} ignored three messages about {t}", "all you get from {b} is copy and paste", "{b} support sends me round in circles"},
			{"how do you reach a human at {b}?", "{b} changed its support hours {p}", "waiting to hear from {b} about {t}", "a new {b} desk opens {p} {d}", "{b} wants my opinion on {t}"},
			{"lovely agent at {b} {d}, sorted in {n} minutes", "support at {b} was brilliant", "{b} refunded me in two days, no fuss", "thanks to the {b} team {p}", "{b} answers fast and well, what a change"},
		},
		Price: {
			{"{b} put prices up again: {t}, {n}% more", "{t} from {b} at that price is robbery", "hidden fees at {b} {d}, {n} quid too much", "{n} pounds for {t} at {b}, count me out", "{b} is taking the mick with these prices"},
			{"how much is {t} at {b} now?", "{b} changes its prices next month", "{n} pounds for {t} at {b}, steep or fair?", "price check {p}: {b} is about average", "deal on {t} at {b} {d}"},
			{"{t} from {b} for {n} pounds, unbeatable", "great deal at {b} {d}", "prices falling for once: thank you {b}", "{t} from {b} is worth every penny", "{b} knocked {n} pounds off for me"},
		},
		Delivery: {
			{"{b} lost my order {p} and nobody knows where", "{n} days late, {t} from {b}", "{b} delivery due {d}, still nothing", "parcel from {b} came open and soaked", "{b} left it with a stranger and washed their hands of it"},
			{"ordered from {b} {d}, now we wait", "has {b} ever delivered {t} {p}?", "delivery time from {b}: {n} hours", "{b} pick-up point closed {d}", "{b} opens a warehouse {p}"},
			{"{t} from {b} here in {n} hours, impressed", "{b} delivered early {d}", "spotless packaging from {b}", "lovely driver from {b} {p}", "ordered yesterday, here {d}: thanks {b}"},
		},
		Outage: {
			{"{b} is down again {p}", "nothing works at {b} {d}: {t}, dead", "{n} minutes of nothing from {b} and not a word", "the {b} site dies when you try to pay", "{b} outage {p}, who do they think we are?"},
			{"is it me or is {b} slow {d}?", "{b} maintenance tonight {p}", "{t} at {b}: being looked at", "is {b} back to normal {p}?", "{b} updated its incident page {d}"},
			{"{b} fixed it in {n} minutes, respect", "{b} warned us before the cut, at last", "{t} from {b} works again {p}", "not one outage at {b} for months", "{b} held up through the storm {p}"},
		},
		Safety: {
			{"{t} from {b} smells odd, not happy", "{b} lets that through? dangerous", "felt ill after {b} {d}, coincidence?", "{t} at {b} with no checks at all, worrying", "what about safety, {b}?"},
			{"{b} published safety advice for {t}", "inspection at {b} {p}", "what are the rules for {t} from {b}?", "{b} safety report is online {d}", "{b} evacuation drill {p} {d}"},
			{"{b} very clear about the safety of {t}", "more checks at {b} {p}, good", "{b} recalled a batch just in case, fair play", "reassured by what {b} said about {t}", "{b} open about it all {d}"},
		},
		People: {
			{"the way {b} talks to its staff {p}, no", "the head of {b} on the radio {d}, such contempt", "{b} cuts {n} jobs {p}", "unpaid interns at {b}, seriously?", "awful guard at {b} {d}"},
			{"{b} is hiring {n} people {p}", "new director at {b} {d}", "interview at {b} {d}, any tips?", "{b} introduces its teams {p}", "profile of a {b} veteran in the paper"},
			{"{b} takes on all its apprentices {p}, bravo", "the {b} crew {p} is golden", "kind move by {b} for its staff {d}", "{b} backs a charity {p}", "proud to work at {b}"},
		},
	},
	replies: [3][]string{
		{"same with {b} {p}, you're not alone", "{b} won't answer, forget it", "same story with {t} at {b}", "write to the ombudsman, {b} only listens to that", "I left {b} over this"},
		{"yes, {b} said so {d}", "at {b} you have to ask at the desk", "I think {b} does that {p}", "no idea, ask {b}", "{t} at {b}? not tried it yet"},
		{"agreed, {b} did well", "same here, happy with {b}", "I'll try {t} from {b} then", "nice to read that about {b}", "{b} deserves that"},
	},
	relays: []string{"sharing this, {b}", "worth a read about {b}", "seen this about {b}, passing it on", "{b}, care to comment?", "doing the rounds {p}: {b}", "for anyone with {b}"},
	official: []string{
		"hello {p}! Come and meet the {b} team", "{b} is answering your questions {d}", "{t}, only at {b}", "thank you for your messages, everyone at {b} reads them",
		"{b} is growing {p}", "behind the scenes at {b} {p}", "all about {t}, from {b}", "a question about {t}? {b} is here for you",
	},
	headlines: []string{
		"{b} opens a new site {p}", "What customers expect of {b} this year", "{b} names a new head of marketing", "{b}, {n} years on: a portrait",
		"{b} publishes its figures for the quarter", "Behind the counter with {b} {p}", "Five things to know about {b}", "{b} signs with a local partner {p}",
	},
	articles: []string{
		"The company announced it {d}: {b} will hire {n} people {p}.", "We spent a day with the team of {b} {p}. A report.",
		"Between habits that change and costs that grow, {b} looks for its balance. An interview.", "Sales of {b} moved by {n} percent over a year, in line with the sector.",
		"{b} presented {t} {d} to the press and to a few customers.", "A survey of {n} readers about {b}: what they know, what they ask for.",
	},
	hashtags: map[Topic][]string{
		Product: {"review", "newin"}, Service: {"customerservice", "support"}, Price: {"costofliving", "prices"},
		Delivery: {"delivery", "parcel"}, Outage: {"outage", "down"}, Safety: {"safety", "recall"}, People: {"jobs", "work"},
	},
	crises: map[CrisisKind]drama{
		CrisisSafety: {
			origin:   "my daughter fell ill {d} after {t} from {b}. Their support told me \"not our problem\". Please share.",
			angry:    []string{"{b} owes us an explanation, this is serious", "{b} knew and said nothing, scandal", "boycott {b}, end of", "ill as well because of {b} {p}, how many of us?", "{b} is playing with our health", "shame on {b}, pull {t} off the shelves", "binned {t} from {b}, {n} pounds gone and worried sick", "still no apology from {b}, unbelievable", "{b} is dangerous, warn your family"},
			relays:   []string{"share this now, {b}", "{b}: chilling", "pass it on before {b} has it deleted", "several cases {p}: {b}"},
			replies:  []string{"hope she gets well, {b} must answer", "sue {b}", "same symptoms here with {b}", "which batch, {b}?"},
			headline: "{b}: several people ill, brand stays silent",
			article:  "Dozens of {b} customers say they fell ill {d}. The brand has not answered our questions. Calls for a boycott are spreading.",
			hashtag:  "Boycott",
		},
		CrisisOutage: {
			origin:   "everything is down at {b} {p}. My mum can't call an ambulance. Nobody picks up.",
			angry:    []string{"total outage at {b}, people are in danger", "{b} says nothing, criminal", "{n} minutes down and no word from {b}, disgraceful", "refund us, {b}", "{b} dead {p}, who is responsible?", "{b} again... cancelling {d}", "{b} is finished, what incompetence", "thousands stuck because of {b}"},
			relays:   []string{"{b} outage, please share", "{b}: the whole region is hit", "it's spreading {p}: {b}"},
			replies:  []string{"same here, {b} is dead", "nothing {p} either with {b}", "{b} isn't picking up"},
			headline: "Huge {b} outage hits emergency calls",
			article:  "An outage struck {b} {d}. Authorities advise using another network. The brand has not commented.",
			hashtag:  "Outage",
		},
		CrisisPeople: {
			origin:   "filmed {p}: a {b} manager humiliates a pregnant colleague in front of customers. Watch to the end.",
			angry:    []string{"disgusting, {b} must sack him", "{b} are these your values?", "boycott {b} until they apologise", "ashamed to be a {b} customer", "standing with the {b} worker", "{b}: management knew", "not another penny for {b}", "{b}, sickening"},
			relays:   []string{"the {b} video you need to see", "{b}: share this", "this is {b}, {p}"},
			replies:  []string{"how awful, {b}", "used to work at {b}, not surprised", "call the inspectors on {b}"},
			headline: "Outrage over video of humiliated {b} worker",
			article:  "A video filmed {p} shows a {b} manager turning on a colleague. The brand says it is \"checking the facts\".",
			hashtag:  "Shame",
		},
	},
}
