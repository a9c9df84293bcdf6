// Package escalation decides who is told of an incident, by which channel and
// when, until someone takes it in charge. It is pure: time, the rota's answer and
// what became of each attempt are arguments, so the same story always gives the
// same pages.
//
// A Course is all that is remembered of one incident. The pager stores it before
// and after it sends, so a course is also what a restarted pager goes on from.
//
// The rules:
//
//   - watch tells nobody. An alert tells the person on call once, by the first of
//     their channels that works, and not in their quiet hours. A blind source is an
//     alert at most.
//   - A crisis calls the person on call at once, then, each time nobody answers in
//     Duty.After, the next of Duty.Order; after three rounds the last of them only,
//     until someone answers. Whoever cannot be reached by any channel is passed
//     over at once.
//   - An alert that becomes a crisis starts again from the top: one page a level.
//   - An end is told once to those who were called. An incident that ended before
//     anyone was called is told once, as over, if that is news (less than a day old)
//     and no blind source.
//   - An attempt whose outcome was lost (the pager died while it sent) is made again
//     for a crisis, under the same id, and is not for anything less.
//
// It does not own the rota, the words or the sending.
package escalation
