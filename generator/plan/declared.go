// This file reads what documents say about repeating and pacing requests in other words than x-resgen:
// headers that carry idempotency keys, usage plans in descriptions, and the annotations of other tools.
package plan

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

func fromDocument(pol policy.Policy, pos diag.Position, note string) policy.Layer {
	return policy.Of(pol, policy.Source{Kind: policy.FromDocument, Pos: pos, Note: note})
}

// declaredByDocument reads what the root says of all operations.
func (p *planner) declaredByDocument() policy.Layer {
	return p.annotations(p.doc.Root, "the document")
}

// declared reads what an operation says: its usage plan, its answers, its annotations and its parameters. Where several speak of the same key,
// the later ones win, except that of classes the strictest does.
func (p *planner) declared(o *spec.Operation) policy.Layer {
	subject := "operation " + o.Name()
	layers := []policy.Layer{usagePlan(o), learns(o), p.annotations(o.PathNode, subject), p.annotations(o.Node, subject)}
	if policy.ClassOf(o.Method) != policy.Safe {
		layers = append(layers, keyHeader(o))
	}
	return policy.Merge(strictest(layers)...)
}

// strictness orders classes. A class that asks for more care is stricter.
var strictness = map[policy.Class]int{policy.Safe: 1, policy.Idempotent: 2, policy.Keyed: 3, policy.Conditional: 4, policy.Unsafe: 5}

// strictest takes the class out of every layer but the one with the strictest.
func strictest(layers []policy.Layer) []policy.Layer {
	best := 0
	for i, l := range layers {
		if strictness[l.Policy.Idempotency] > strictness[layers[best].Policy.Idempotency] {
			best = i
		}
	}
	for i := range layers {
		if i != best && layers[i].Policy.Idempotency != "" {
			layers[i].Policy.Idempotency, layers[i].Policy.Why = "", ""
			delete(layers[i].Sources, "idempotency")
			delete(layers[i].Sources, "why")
		}
	}
	return layers
}

var keyName = regexp.MustCompile(`(?i)idempotency|^repeatability-request-id$`)

// keyHeader makes an operation keyed that declares a header for an idempotency key.
func keyHeader(o *spec.Operation) policy.Layer {
	for _, s := range o.Params {
		if s.In == "header" && keyName.MatchString(s.Name) {
			pol := policy.Policy{Idempotency: policy.Keyed, Why: "the request carries its key in " + s.Name, Key: policy.Key{Header: s.Name}}
			return fromDocument(pol, s.Pos, "parameter "+s.Name)
		}
	}
	return policy.Layer{}
}

var limitHeader = regexp.MustCompile(`(?i)^(retry-after|(x-)?ratelimit.*|x-rate-limit.*|x-amzn-ratelimit-limit)$`)

// learns keeps the limiter learning where the document declares headers that tell the limits.
func learns(o *spec.Operation) policy.Layer {
	for _, r := range o.Responses {
		for _, h := range r.Headers {
			if limitHeader.MatchString(h) {
				return fromDocument(policy.Policy{Rate: policy.Rate{Learn: policy.On}}, r.Pos, "header "+h+" of "+r.Status)
			}
		}
	}
	return policy.Layer{}
}

// planTable finds the Markdown table of a usage plan: an optional first column, then rate and burst, and its rows.
var planTable = regexp.MustCompile(`(?im)^[ \t]*\|?([^|\n]*\|)?[ \t]*rate[ \t]*\(requests?[ \t]+per[ \t]+second\)[ \t]*\|[ \t]*burst[ \t]*\|?[ \t]*\r?\n` +
	`[ \t]*\|?[ \t:|-]+\r?\n((?:[ \t]*\|?[^|\n]+(?:\|[^|\n]*)+\|?[ \t]*(?:\r?\n|$))+)`)

// usagePlan reads rate and burst from the table in a description, where there is one.
func usagePlan(o *spec.Operation) policy.Layer {
	m := planTable.FindStringSubmatch(planText(o))
	if m == nil {
		return policy.Layer{}
	}
	for row := range strings.SplitSeq(m[2], "\n") {
		if rate, burst, ok := planRow(row, m[1] != ""); ok {
			return fromDocument(policy.Policy{Rate: policy.Rate{PerSecond: rate, Burst: burst}}, planPos(o), "usage plan")
		}
	}
	return policy.Layer{}
}

// planText is the description in which a usage plan may stand; empty if none can.
func planText(o *spec.Operation) string {
	text := o.Description
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, `\n`, "\n") // some documents have the two characters
	}
	if !strings.Contains(strings.ToLower(text), "burst") {
		return ""
	}
	return text
}

func planPos(o *spec.Operation) diag.Position {
	if n := o.Node.Get("description"); n != nil {
		return n.Pos
	}
	return o.Pos
}

// checkUsagePlan warns of a usage plan without numbers, unless some other source says how fast the operation may be called.
func (p *planner) checkUsagePlan(o *spec.Operation, r policy.Rate) {
	stated := r.PerSecond > 0 || r.Bucket != "" || r.Enabled == policy.Off
	if !stated && planTable.MatchString(planText(o)) {
		p.warn(planPos(o), "usage-plan", "operation "+o.Name(), "its usage plan has no numbers", "give the rate in a policy file")
	}
}

// planRow reads the last two cells of a row, the first of three being the name of the plan.
func planRow(row string, titled bool) (rate float64, burst int, ok bool) {
	cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
	if titled {
		cells = cells[1:]
	}
	if len(cells) < 2 {
		return 0, 0, false
	}
	rate, _ = strconv.ParseFloat(strings.TrimSpace(cells[0]), 64) // 0 if it is no number
	size, _ := strconv.ParseFloat(strings.TrimSpace(cells[1]), 64)
	return rate, int(size), rate > 0 && rate <= math.MaxInt32 && size >= 1 && size <= math.MaxInt32
}

// annotations reads the extensions of other tools at one node. An extension that says nothing that can be used is left alone.
func (p *planner) annotations(n *tree.Node, subject string) policy.Layer {
	var layers []policy.Layer
	for _, pair := range pairsOf(n) {
		read := vendors[strings.ToLower(pair.Key)]
		if read == nil {
			continue
		}
		pol, ok := read(p, pair.Value)
		if !ok {
			p.warn(pair.Value.Pos, "annotation", subject, pair.Key+" says nothing that can be used", "say it in x-resgen or a policy file")
			continue
		}
		layers = append(layers, fromDocument(pol, pair.Value.Pos, pair.Key))
	}
	if layers == nil {
		return policy.Layer{}
	}
	return policy.Merge(strictest(layers)...)
}

func pairsOf(n *tree.Node) []tree.Pair {
	if n == nil {
		return nil
	}
	return n.Pairs
}
