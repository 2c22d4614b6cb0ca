package admin

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"

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
	fmt.Fprintf(&b, `<svg class="spark" viewBox="0 0 %d %d" preserveAspectRatio="none" role="img" aria-label="%s">`,
		lineWidth, lineHeight, template.HTMLEscapeString(fmt.Sprintf(
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
