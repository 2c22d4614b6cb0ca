package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// A view shows what the fleet does: on a terminal a table that is drawn again and again, otherwise
// a line every few seconds, and a table at the end.
type view struct {
	flags *flags
	api   *api
	crew  *crew
	store *store // nil: none
	to    io.Writer
	live  bool // a terminal

	last  sample
	trips int64 // to Redis, per second
	drawn int   // lines of the table on the terminal
}

// A sample is what was counted at one moment.
type sample struct {
	at    time.Time
	of    map[string]count
	trips int64 // to Redis so far; -1: unknown
}

func newView(f *flags, a *api, c *crew, s *store, to io.Writer) *view {
	v := &view{flags: f, api: a, crew: c, store: s, to: to, last: sample{at: time.Now(), trips: -1}}
	if file, ok := to.(*os.File); ok {
		v.live = term.IsTerminal(int(file.Fd()))
	}
	return v
}

const (
	refresh = time.Second
	quiet   = 5 * time.Second // time between lines without a terminal
)

// run shows the table until ctx ends.
func (v *view) run(ctx context.Context) {
	every := quiet
	if v.live {
		every = refresh
	}
	for ctx.Err() == nil {
		pause(ctx, every)
		rows, passed := v.rows(ctx)
		if v.live {
			v.draw(tableOf(rows, v.trips) + v.caption(passed))
		} else if ctx.Err() == nil {
			fmt.Fprintln(v.to, lineOf(rows, v.trips, passed))
		}
	}
}

// finish prints the last table and the result.
func (v *view) finish() {
	rows, passed := v.rows(context.Background())
	if v.live {
		v.draw("")
	}
	for i := range rows {
		rows[i].rate = float64(rows[i].Sent) / max(passed.Seconds(), 1)
	}
	fmt.Fprintln(v.to, tableOf(rows, -1))
	fmt.Fprintln(v.to, resultOf(rows, v.flags, passed))
}

// A row is what is shown of a worker.
type row struct {
	count
	report
	name  string
	rate  float64 // requests per second
	share float64 // of all requests
	gone  bool
}

// rows returns the rows of all workers, with rates since the last call, and how long the fleet has
// sent requests.
func (v *view) rows(ctx context.Context) ([]row, time.Duration) {
	of, passed := v.api.counts()
	now := sample{at: time.Now(), of: of, trips: -1}
	if v.store != nil {
		now.trips = v.store.scripts(ctx)
	}
	seconds := now.at.Sub(v.last.at).Seconds()
	total := 0
	for _, c := range of {
		total += c.Sent
	}
	var rows []row
	for _, p := range v.crew.all() {
		c := of[p.name]
		rows = append(rows, row{
			count: c, report: p.latest(), name: p.name, gone: !p.alive(),
			rate:  float64(c.Sent-v.last.of[p.name].Sent) / seconds,
			share: float64(c.Sent) / float64(max(total, 1)),
		})
	}
	v.trips = -1
	if now.trips >= 0 && v.last.trips >= 0 {
		v.trips = int64(float64(now.trips-v.last.trips) / seconds)
	}
	v.last = now
	return rows, passed
}

// draw replaces what was drawn before.
func (v *view) draw(text string) {
	if v.drawn > 0 {
		fmt.Fprintf(v.to, "\x1b[%dA\x1b[J", v.drawn)
	}
	fmt.Fprint(v.to, text)
	v.drawn = strings.Count(text, "\n")
}

// caption is the line below the table.
func (v *view) caption(passed time.Duration) string {
	left := ""
	if v.flags.length > 0 {
		left = fmt.Sprintf(" of %s", v.flags.length)
	}
	return fmt.Sprintf("\n%s%s; the API allows %g requests per second; Ctrl-C ends the run\n",
		passed.Round(time.Second), left, v.flags.rate)
}

// tableOf returns the table. If trips is less than 0, they are not shown.
func tableOf(rows []row, trips int64) string {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header, t.Style().Format.Footer = text.FormatDefault, text.FormatDefault
	right := table.ColumnConfig{Align: text.AlignRight, AlignFooter: text.AlignRight, AlignHeader: text.AlignRight}
	var columns []table.ColumnConfig
	for _, name := range []string{"requests/s", "requests", "share", "429", "outage"} {
		right.Name = name
		columns = append(columns, right)
	}
	t.SetColumnConfigs(columns)
	t.AppendHeader(table.Row{"process", "requests/s", "requests", "share", "429", "outage", "circuit", "store"})
	var all row
	for _, r := range together(rows) {
		t.AppendRow(cells(r))
		all.Sent, all.Throttled, all.Down = all.Sent+r.Sent, all.Throttled+r.Throttled, all.Down+r.Down
		all.rate += r.rate
	}
	redis := ""
	if trips >= 0 {
		redis = fmt.Sprintf("%d/s", trips)
	}
	t.AppendFooter(table.Row{"all", fmt.Sprintf("%.1f", all.rate), all.Sent, "", all.Throttled, all.Down, "", redis})
	return t.Render()
}

// together returns the rows with one instead of all that have ended, because they would fill the
// terminal.
func together(rows []row) []row {
	var running []row
	ended := row{gone: true}
	n := 0
	for _, r := range rows {
		if !r.gone {
			running = append(running, r)
			continue
		}
		n++
		ended.Sent, ended.Throttled, ended.Down = ended.Sent+r.Sent, ended.Throttled+r.Throttled, ended.Down+r.Down
		ended.rate, ended.share = ended.rate+r.rate, ended.share+r.share
	}
	if n == 0 {
		return running
	}
	ended.name = fmt.Sprintf("%d ended", n)
	return append([]row{ended}, running...)
}

// cells returns the cells of a row.
func cells(r row) table.Row {
	circuit, reach := r.Circuit, "shared"
	if !r.Shared {
		reach = "alone"
	}
	if r.gone {
		circuit, reach = "", ""
	}
	return table.Row{
		r.name, fmt.Sprintf("%.1f", r.rate), r.Sent, fmt.Sprintf("%.1f %%", 100*r.share), r.Throttled, r.Down,
		circuit, reach,
	}
}

// lineOf returns a line for logs.
func lineOf(rows []row, trips int64, passed time.Duration) string {
	var all row
	open, alive := 0, 0
	for _, r := range rows {
		all.Sent, all.Throttled, all.rate = all.Sent+r.Sent, all.Throttled+r.Throttled, all.rate+r.rate
		if !r.gone {
			alive++
			if r.Circuit != "closed" {
				open++
			}
		}
	}
	line := fmt.Sprintf("%3.0fs: %5.1f requests/s of %d processes, %d sent, %d over the quota, %d circuits not closed",
		passed.Seconds(), all.rate, alive, all.Sent, all.Throttled, open)
	if trips >= 0 {
		line += fmt.Sprintf(", %d round trips/s to Redis", trips)
	}
	return line
}

// resultOf says how well the quota was used while the API was not in its outage.
func resultOf(rows []row, f *flags, passed time.Duration) string {
	sent, throttled, down := 0, 0, 0
	for _, r := range rows {
		sent, throttled, down = sent+r.Sent, throttled+r.Throttled, down+r.Down
	}
	up := passed - max(0, min(f.outage, passed-f.outageAfter))
	allowed := float64(f.burst) + f.rate*up.Seconds()
	text := fmt.Sprintf("%d requests in %s, %.1f %% of the %.0f that the API allows; %d over the quota (%.2f %%)",
		sent, passed.Round(100*time.Millisecond), 100*float64(sent-throttled)/allowed, allowed, throttled,
		100*float64(throttled)/float64(max(sent, 1)))
	if f.outage > 0 {
		text += fmt.Sprintf("\n%d requests reached the API in its outage of %s, with a cool-down of %s", down, f.outage,
			f.coolDown)
	}
	return text
}
