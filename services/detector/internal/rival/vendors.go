package rival

// Meltwater "compares the last hour with the past 12 hours. To make sure the
// results are really unusual, we compare them with the previous day and week".
// How much is too much it does not say; its example is 500 in an hour where 200
// are usual. Read as: that many times the mean hour of the 12 before, the same
// hour of yesterday and, once it is known, of a week ago. Nor does it say how
// often it looks.
func meltwater(p *past) func() float64 {
	now, before := p.span(0, hour), p.span(hour, 12*hour)
	yesterday, lastWeek := p.span(day, hour), p.span(week, hour)
	return func() float64 {
		times := min(now.times(before), now.times(yesterday))
		if lastWeek.known < lastWeek.length() {
			return times
		}
		return min(times, now.times(lastWeek))
	}
}

// Socialmetrix alerts where "[average last 24 hours] > [average last 7 days] +
// [standard deviation] * [selected threshold]", once an hour; the deviation tells
// peaks from valleys ("more mentions at noon than at midnight"), so it is that of
// hours. Read with the 7 days before these 24 hours: with them among the 7 days
// no day, however busy, is three deviations above.
func socialmetrix(p *past) func() float64 {
	today, usual := p.span(0, day), p.span(day, week)
	return func() float64 { return today.deviations(usual) }
}

// MutualMind "looks at the last six hours of data. It then breaks it down into ten
// minute buckets and averages those […] If number is double the average, a
// notification will be sent", up to six an hour.
func mutualMind(p *past) func() float64 {
	now, usual := p.span(0, tenMinutes), p.span(tenMinutes, 6*hour)
	return func() float64 { return now.times(usual) }
}

// Newspoint holds the last hour against the mean of the week, once an hour, by a
// threshold of the user's; read as three times it, for twice is every noon. Its
// page was not found again: the rule is told here as others tell it.
func newspoint(p *past) func() float64 {
	now, usual := p.span(0, hour), p.span(hour, week)
	return func() float64 { return now.times(usual) }
}

// Pivony holds the last hour against the hourly average of 24 hours, the last 24
// hours against the daily average of 7 days, and the last 7 days against the
// weekly average of 4 weeks, every two hours, by a percentage that the user sets;
// read as 200 % more, three times, for twice is every noon.
func pivony(p *past) func() float64 {
	lastHour, hours := p.span(0, hour), p.span(hour, day)
	lastDay, days := p.span(0, day), p.span(day, week)
	lastWeek, weeks := p.span(0, week), p.span(week, 4*week)
	return func() float64 {
		if p.pushed%p.buckets(2*hour) != 0 {
			return 0
		}
		return max(lastHour.times(hours), lastDay.times(days), lastWeek.times(weeks))
	}
}

// SentiSum calculates a z-score against a baseline of about 100 days, hourly or
// daily, and alerts where the volume also reaches a minimum, both set by the
// user; read as three deviations and ten mentions in the hour.
func sentiSum(p *past) func() float64 {
	now, usual := p.span(0, hour), p.span(hour, 100*day)
	return func() float64 {
		if now.sum < 10 {
			return 0
		}
		return now.deviations(usual)
	}
}

// ThirdEye alerts where "Daily mentions > 150% of 7-day average"; read as the
// last 24 hours, looked at every hour. (Below 50 % and no mention for 24 hours
// are its signs of a drop and of a monitoring that fails.)
func thirdEye(p *past) func() float64 {
	today, usual := p.span(0, day), p.span(day, week)
	return func() float64 { return today.times(usual) }
}
