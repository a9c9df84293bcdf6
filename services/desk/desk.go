package desk

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
)

//go:embed templates static
var files embed.FS

// dict lets a template hand two things to a part of it.
func dict(pairs ...any) map[string]any {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

var templates = template.Must(template.New("desk").Funcs(template.FuncMap{"dict": dict}).ParseFS(files, "templates/*.html"))

// desk answers requests.
type desk struct {
	config  *config.Live
	logger  *slog.Logger
	bus     *bus.Bus
	live    *live
	reader  *reader
	namer   *namer
	book    *ack.Book
	signer  *ack.Signer
	metrics *metrics
	now     func() time.Time
}

// metrics counts what people do. Its labels are closed.
type metrics struct {
	acks     *prometheus.CounterVec
	verdicts *prometheus.CounterVec
	failures prometheus.Counter
}

func newMetrics(registry prometheus.Registerer) *metrics {
	m := &metrics{
		acks:     obs.Labelled(registry, "vigie_desk_acks_total", "Attempts to take an incident in charge, by outcome.", "outcome", ackOutcomes),
		verdicts: obs.Labelled(registry, "vigie_desk_verdicts_total", "Attempts to say what an incident was, by outcome.", "outcome", verdictOutcomes),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vigie_desk_figures_failures_total", Help: "Times the desk could not read its figures from ClickHouse.",
		}),
	}
	registry.MustRegister(m.failures)
	return m
}

func (m *metrics) ack(outcome ackOutcome) { m.acks.WithLabelValues(string(outcome)).Inc() }

func (m *metrics) verdict(outcome verdictOutcome) { m.verdicts.WithLabelValues(string(outcome)).Inc() }

// Run serves the desk until ctx is done, and lets requests under way end.
func Run(ctx context.Context, env run.Env, ready func()) error {
	listener, err := obs.Listen(env.Config.Get().Desk.Listen, "desk.listen")
	if err != nil {
		return err
	}
	return serve(ctx, env, listener, ready)
}

func serve(ctx context.Context, env run.Env, listener net.Listener, ready func()) error {
	defer func() { _ = listener.Close() }()
	d, err := newDesk(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = d.reader.conn.Close() }()
	env.Health.Require("bus", env.Bus.Check)
	group, working := errgroup.WithContext(ctx)
	group.Go(func() error {
		following, cancel := context.WithCancel(context.WithoutCancel(ctx)) // as long as anyone may ask
		defer cancel()
		caughtUp := make(chan struct{})
		group.Go(func() error { return d.live.follow(following, env.Bus, func() { close(caughtUp) }) })
		select {
		case <-caughtUp:
		case <-working.Done():
			return nil
		}
		ready()
		group.Go(func() error { return d.namer.follow(working) })
		return obs.Serve(working, listener, d.handler())
	})
	return group.Wait()
}

func newDesk(ctx context.Context, env run.Env) (*desk, error) {
	cfg := env.Config.Get()
	signer, err := ack.NewSigner(cfg)
	if err != nil {
		return nil, err
	}
	book, err := ack.Open(ctx, env.Bus)
	if err != nil {
		return nil, err
	}
	m := newMetrics(env.Registry)
	reader, err := newReader(cfg, env.Logger, m.failures.Inc)
	if err != nil {
		return nil, err
	}
	news := newLive(env.Logger)
	return &desk{
		config: env.Config, logger: env.Logger, bus: env.Bus, live: news, reader: reader,
		namer: &namer{config: env.Config, live: news, reader: reader},
		book:  book, signer: signer, metrics: m, now: time.Now,
	}, nil
}

func (d *desk) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.showDesk)
	mux.HandleFunc("GET /api/status", d.showStatus)
	mux.HandleFunc("GET /ack", d.showAck)
	mux.HandleFunc("POST /ack", d.takeCharge)
	mux.HandleFunc("POST /verdict", d.sayVerdict)
	static, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) // the folder is in the binary
	}
	mux.Handle("GET /static/{file}", http.StripPrefix("/static/", http.FileServerFS(static)))
	return guarded(mux)
}

// guarded sets what keeps hostile text from becoming more, should it ever get
// past the templates, and keeps links with a token to ourselves.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "+
			"img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (d *desk) status(ctx context.Context) Status {
	now := d.now()
	status := newStatus(now, d.config.Get(), d.live, d.reader.get(ctx, now))
	d.reader.hideDeleted(ctx, now, status.Incidents)
	d.namer.tell(status.Incidents)
	return status
}

func (d *desk) showDesk(w http.ResponseWriter, r *http.Request) {
	cfg, status := d.config.Get(), d.status(r.Context())
	v := viewer{words: languageOf(d.language(r, "")), cfg: cfg, now: status.Time, zone: cfg.Location(), signer: d.signer}
	d.render(w, http.StatusOK, "desk.html", v.view(status))
}

func (d *desk) showStatus(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err := json.NewEncoder(w).Encode(d.status(r.Context())); err != nil {
		d.logger.Debug("desk: the status was not taken", "err", err)
	}
}

// render writes a page whole, or an error.
func (d *desk) render(w http.ResponseWriter, status int, name string, view any) {
	var page bytes.Buffer
	if err := templates.ExecuteTemplate(&page, name, view); err != nil {
		d.logger.Error("desk: a page could not be made", "page", name, "err", err)
		http.Error(w, "this page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}
