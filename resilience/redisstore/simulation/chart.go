package simulation

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// A chart has panels, one above the other, with the same time axis in seconds.
type chart struct {
	title  string
	panels []panel
}

// A panel has lines over time. The limit is drawn as a dashed line if it is more than 0.
type panel struct {
	unit  string
	limit float64
	lines []line
}

// A line is a value for each second.
type line struct {
	name, color string
	values      []float64
}

const (
	chartWidth  = 760
	panelHeight = 150
	leftMargin  = 60
	rightMargin = 20
	topMargin   = 34
	panelGap    = 44
)

// svg draws the chart.
func (c *chart) svg() string {
	height := topMargin + len(c.panels)*(panelHeight+panelGap)
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "+
		"font-size=\"12\">\n", chartWidth, height)
	title := html.EscapeString(c.title)
	fmt.Fprintf(&b, "<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", title)
	fmt.Fprintf(&b, "<text x=\"%d\" y=\"20\" font-size=\"14\" font-weight=\"bold\">%s</text>\n", leftMargin, title)
	for i := range c.panels {
		c.panels[i].draw(&b, topMargin+i*(panelHeight+panelGap))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// draw draws a panel below a height.
func (p *panel) draw(b *strings.Builder, top int) {
	most, length := p.limit, 1
	for _, l := range p.lines {
		length = max(length, len(l.values))
		for _, v := range l.values {
			most = max(most, v)
		}
	}
	most = rounded(most)
	y := func(v float64) float64 { return float64(top+20) + (panelHeight-20)*(1-v/most) }
	x := func(t float64) float64 {
		return leftMargin + t/float64(length)*(chartWidth-leftMargin-rightMargin)
	}
	for i := range 5 {
		v := most * float64(i) / 4
		fmt.Fprintf(b, "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>"+
			"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n",
			leftMargin, y(v), chartWidth-rightMargin, leftMargin-6, y(v)+4, v)
	}
	step := max(1, length/6)
	for t := 0; t <= length; t += step {
		fmt.Fprintf(b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d s</text>\n", x(float64(t)),
			top+panelHeight+16, t)
	}
	if p.limit > 0 {
		fmt.Fprintf(b, "<path d=\"M%d %.1fH%d\" stroke=\"#888\" stroke-dasharray=\"5 4\"/>\n", leftMargin, y(p.limit),
			chartWidth-rightMargin)
	}
	legend := leftMargin
	for _, l := range append([]line{{name: p.unit, color: "#000"}}, p.lines...) {
		fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n", legend, top+12, l.color,
			html.EscapeString(l.name))
		legend += 14 + 7*len(l.name)
		l.draw(b, x, y)
	}
}

// draw draws a line.
func (l *line) draw(b *strings.Builder, x, y func(float64) float64) {
	if len(l.values) == 0 {
		return
	}
	fmt.Fprintf(b, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" d=\"", l.color)
	for i, v := range l.values {
		command := "L"
		if i == 0 {
			command = "M"
		}
		fmt.Fprintf(b, "%s%.1f %.1f", command, x(float64(i)+0.5), y(v))
	}
	b.WriteString("\"/>\n")
}

// rounded returns the end of an axis for values up to most: one, two, four or eight times a power
// of ten.
func rounded(most float64) float64 {
	if most <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(most)))
	for _, n := range []float64{1, 2, 4, 8} {
		if most <= n*power {
			return n * power
		}
	}
	return 10 * power
}
