package admin

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

//go:embed assets
var assets embed.FS

// assetTypes are the media types of the files that the page refers to.
var assetTypes = map[string]string{
	"style.css": "text/css; charset=utf-8", "live.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
}

// asset serves a file of the page.
func asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	kind, ok := assetTypes[name]
	data, err := assets.ReadFile(path.Join("assets", name))
	if !ok || err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(data) // the client is gone
}

// pageTemplate is the status page.
var pageTemplate = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"clock": clock, "stamp": stamp, "ago": ago, "percent": percent, "latency": latency, "number": number,
	"sparkline": sparkline,
	"account":   accountName, "words": words, "outcome": outcome, "duration": duration,
	"add": func(a, b int) int { return a + b },
}).ParseFS(assets, "assets/page.html"))

// A pageData is what the template shows.
type pageData struct {
	Status
	Actions bool
}

// page serves the status page.
func (h *handler) page(w http.ResponseWriter, r *http.Request) {
	h.show(w, r, "text/html; charset=utf-8", func(b *bytes.Buffer, s Status) error {
		return pageTemplate.Execute(b, pageData{s, h.authorize != nil})
	})
}

// clock returns a time as an element that has both the time of day and the exact time.
func clock(t any) template.HTML {
	at, ok := t.(time.Time)
	if p, isPointer := t.(*time.Time); isPointer && p != nil {
		at, ok = *p, true
	}
	if !ok || at.IsZero() {
		return "–"
	}
	at = at.UTC()
	return template.HTML(`<time datetime="` + stamp(at) + `">` + at.Format("15:04:05") + `</time>`)
}

// stamp returns the exact time.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// ago returns how long before another a time was.
func ago(t, now time.Time) string {
	return policy.FormatDuration(max(0, now.Sub(t)).Truncate(time.Second))
}

// percent returns a share in percent.
func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 0, 64) + " %" }

// latency returns a number of seconds with its unit.
func latency(seconds float64) string {
	switch d := time.Duration(seconds * float64(time.Second)); {
	case d == 0:
		return "–"
	case d < time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond / 10).String()
	default:
		return d.Round(10 * time.Millisecond).String()
	}
}

// number returns a number without needless decimals.
func number(f float64) string { return strconv.FormatFloat(f, 'g', 4, 64) }

// accountName returns the name of an account for people.
func accountName(name string) string {
	if name == "" {
		return "(no account)"
	}
	return name
}

// words returns a state for people.
func words(state any) string { return strings.ReplaceAll(fmt.Sprint(state), "-", " ") }

// outcome returns an outcome of a batch for people.
func outcome(name string) string { return strings.ReplaceAll(name, "_", " ") }

// duration returns a number of seconds as a duration without fractions.
func duration(seconds float64) string {
	return policy.FormatDuration(time.Duration(seconds) * time.Second)
}

// The size of a sparkline, in units of its view box.
const (
	lineWidth  = 4 * historyLength
	lineHeight = 32
)

// sparkline returns the calls of the last 15 minutes as bars; those that failed are the lower part
// of a bar.
func sparkline(name string, points []Point) template.HTML {
	most, calls, failed := uint64(1), uint64(0), uint64(0)
	for _, p := range points {
		most = max(most, p.Calls)
		calls, failed = calls+p.Calls, failed+p.Failed+p.Degraded
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="spark" viewBox="0 0 %d %d" role="img" aria-label="%s">`, lineWidth, lineHeight,
		template.HTMLEscapeString(fmt.Sprintf(
			"%s: %d calls in 15 minutes, %d of them failed or degraded; at most %d in %s", name, calls, failed, most,
			policy.FormatDuration(historyStep))))
	for i, p := range points {
		bar(&b, "good", i, p.Calls, most)
		bar(&b, "bad", i, p.Failed+p.Degraded, most)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// bar writes a bar of a sparkline.
func bar(b *strings.Builder, class string, place int, n, most uint64) {
	if n == 0 {
		return
	}
	height := max(1, float64(n)/float64(most)*lineHeight)
	fmt.Fprintf(b, `<rect class="%s" x="%d" y="%.1f" width="3" height="%.1f"/>`, class, 4*place,
		lineHeight-height, height)
}
