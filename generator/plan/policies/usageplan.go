package policies

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// planTable matches the Markdown table of a usage plan: an optional first column, then rate and
// burst.
var planTable = regexp.MustCompile(
	`(?im)^[ \t]*\|?([^|\n]*\|)?[ \t]*rate[ \t]*\(requests?[ \t]+per[ \t]+second\)[ \t]*\|[ \t]*burst[ \t]*\|?[ \t]*\r?\n` +
		`[ \t]*\|?[ \t:|-]+\r?\n((?:[ \t]*\|?[^|\n]+(?:\|[^|\n]*)+\|?[ \t]*(?:\r?\n|$))+)`)

// usagePlan reads rate and burst from the table in the description of an operation.
func usagePlan(o *spec.Operation) policy.Layer {
	m := planTable.FindStringSubmatch(planText(o))
	if m == nil {
		return policy.Layer{}
	}
	for row := range strings.SplitSeq(m[2], "\n") {
		rate, burst, ok := planRow(row, m[1] != "")
		if pol := (policy.Policy{Rate: policy.Rate{PerSecond: rate, Burst: burst}}); ok && allowed(pol) {
			return FromDocument(pol, planPos(o), "usage plan")
		}
	}
	return policy.Layer{}
}

// planText returns the description if it may contain a usage plan, and nothing if it cannot.
func planText(o *spec.Operation) string {
	text := o.Description
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, `\n`, "\n") // some documents contain the two characters
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

// planRow reads rate and burst from a row of the table. In a titled table, the first cell is the
// name of the plan.
func planRow(row string, titled bool) (rate float64, burst int, ok bool) {
	cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
	if titled {
		cells = cells[1:]
	}
	if len(cells) < 2 {
		return 0, 0, false
	}
	rate, _ = strconv.ParseFloat(strings.TrimSpace(cells[0]), 64) // 0 if it is not a number
	size, _ := strconv.ParseFloat(strings.TrimSpace(cells[1]), 64)
	return rate, int(size), rate > 0 && rate <= math.MaxInt32 && size >= 1 && size <= math.MaxInt32
}

// checkUsagePlan warns of a usage plan without numbers, unless the rate has another source.
func checkUsagePlan(o *spec.Operation, rate policy.Rate, found *diag.List) {
	stated := rate.PerSecond > 0 || rate.Bucket != "" || rate.Enabled == policy.Off
	if !stated && planTable.MatchString(planText(o)) {
		found.Add(diag.Diagnostic{
			Pos: planPos(o), Severity: diag.Warning, Code: "usage-plan", Subject: "operation " + o.Name(),
			What: "its usage plan has no numbers", Cure: "set the rate in a policy file",
		})
	}
}
