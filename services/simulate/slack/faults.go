package slack

import (
	"net/http"
	"strconv"
	"time"
)

// Fault is a way for a request to go wrong.
type Fault struct {
	Status     int
	Body       string
	RetryAfter time.Duration
	Hang       bool // no answer before the client gives up
	Taken      bool // and yet the message was shown
}

// The faults Slack is known for.
var (
	ServerError = Fault{Status: http.StatusInternalServerError, Body: "rollup_error"}
	NoService   = Fault{Status: http.StatusNotFound, Body: "no_service"}
	Timeout     = Fault{Hang: true}
	TakenMute   = Fault{Hang: true, Taken: true} // shown, and no answer says so
)

// RateLimited asks the sender to come back later.
func RateLimited(after time.Duration) Fault {
	return Fault{Status: http.StatusTooManyRequests, Body: "rate_limited", RetryAfter: after}
}

// Fail makes the next requests go wrong, one after the other.
func (f *Fake) Fail(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, faults...)
}

// FailAlways makes every request go wrong, until Recover.
func (f *Fake) FailAlways(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.always = &fault
}

// Recover ends all faults.
func (f *Fake) Recover() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults, f.always = nil, nil
}

// next counts a request, and answers how it goes wrong, nil where it does not.
func (f *Fake) next() *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests++
	if len(f.faults) > 0 {
		fault := f.faults[0]
		f.faults = f.faults[1:]
		return &fault
	}
	return f.always
}

func (f *Fault) answer(w http.ResponseWriter, r *http.Request, take func()) {
	if f.Taken {
		take()
	}
	if f.Hang {
		<-r.Context().Done()
		return
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(max(f.RetryAfter, time.Second)/time.Second)))
	}
	http.Error(w, f.Body, f.Status)
}

// command sets faults from the page's form.
func (f *Fake) command(w http.ResponseWriter, r *http.Request) {
	count, err := strconv.Atoi(r.FormValue("count"))
	if err != nil || count < 1 || count > maxKept {
		count = 1
	}
	faults := map[string]Fault{
		"rate_limited": RateLimited(3 * time.Second), "server_error": ServerError,
		"timeout": Timeout, "no_service": NoService,
	}
	switch fault, known := faults[r.FormValue("kind")]; {
	case known:
		for range count {
			f.Fail(fault)
		}
	case r.FormValue("kind") == "none":
		f.Recover()
	default:
		http.Error(w, "kind is one of rate_limited, server_error, timeout, no_service, none", http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, "./", http.StatusSeeOther)
}
