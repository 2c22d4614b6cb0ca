package explanation

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/emit"
	"github.com/resgen/resgen/generator/overview"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/policy"
)

// Clients returns a table with a row for each client.
func Clients(list []Client) string {
	rows := [][]string{{"CLIENT", "PACKAGE", "OPERATIONS", "CLASSES", "DOCUMENT"}}
	for _, c := range list {
		rows = append(rows, []string{
			c.Name, c.Package, strconv.Itoa(len(c.Operations)), classes(c.Operations), c.Document,
		})
	}
	return table(rows)
}

// classes counts operations by class, the most frequent first.
func classes(ops []Operation) string {
	counts := map[string]int{}
	for _, op := range ops {
		counts[op.Idempotency]++
	}
	var names []string
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	for i, name := range names {
		names[i] = strconv.Itoa(counts[name]) + " " + name
	}
	return strings.Join(names, ", ")
}

// Operations returns a table with a row for each operation of a client: what one call costs at
// most, its rate and its circuit.
func Operations(c Client) string {
	rows := [][]string{{"OPERATION", "CLASS", "ATTEMPTS", "REQUESTS", "TIME", "RATE", "CIRCUIT"}}
	for _, op := range c.Operations {
		name := op.Method + " " + op.Path
		if op.ID != name {
			name = op.ID + " " + name
		}
		rows = append(rows, []string{
			name, op.Idempotency, strconv.Itoa(op.WorstCase.Attempts), strconv.Itoa(op.WorstCase.Requests),
			overview.Time(overview.WorstCase(c.api, op.op)), cmp.Or(phrase.Rate(op.op.Policy.Rate), "-"),
			circuit(c.api, op.op.Policy.Breaker),
		})
	}
	return table(rows)
}

// circuit names the circuit of an operation.
func circuit(a *api.API, b policy.Breaker) string {
	switch kind := overview.CircuitOf(a, b); kind {
	case overview.NamedCircuit:
		return strconv.Quote(b.Circuit)
	default:
		return string(kind)
	}
}

// Values returns all that is known of an operation: the values of its policy, each with its source,
// and the worst case. Unless all is set, values that are the built-in defaults are only counted.
func Values(op Operation, all bool) string {
	var out strings.Builder
	route := op.Method + " " + op.Path
	out.WriteString(paragraph(op.ID + ": " + route))
	if op.Grouped != "" {
		out.WriteString(paragraph("client." + op.Name + ", client." + op.Grouped))
	}
	out.WriteString(paragraph(op.Position))
	list := slices.Concat(op.Policy, op.Shared)
	if !all {
		list = unusual(list)
	}
	rows := [][]string{{"KEY", "VALUE", "SOURCE"}}
	for _, v := range list {
		rows = append(rows, []string{v.Key, text(v.Value), v.Source})
	}
	out.WriteString("\n" + table(rows))
	if n := len(op.Policy) + len(op.Shared) - len(list); n > 0 {
		fmt.Fprintf(&out, "\n%d other values are the built-in defaults; --all lists them.\n", n)
	}
	if op.Pages != nil {
		out.WriteString("\n" + paragraph(pages(op.Pages)))
	}
	out.WriteString("\nOne call:\n")
	for _, sentence := range op.WorstCase.Words {
		for i, line := range wrap(sentence, width-len("- ")) {
			out.WriteString([]string{"- ", "  "}[min(i, 1)] + line + "\n")
		}
	}
	return out.String()
}

// pages describes the pagination of an operation.
func pages(p *Pages) string {
	text := "Pages by " + p.Style + " (" + p.Source + ")"
	var methods []string
	for _, m := range []string{p.ItemsMethod, p.PagesMethod} {
		if m != "" {
			methods = append(methods, m)
		}
	}
	if len(methods) > 0 {
		text += ": " + phrase.Enumerate(methods) + ", whose requests wait for permits as long as their context allows"
	}
	return text + "."
}

// Markdown returns RESILIENCE.md with the operations of the explanation.
func Markdown(c Client) (string, error) {
	a := *c.api
	a.Operations = nil
	for _, op := range c.Operations {
		a.Operations = append(a.Operations, op.op)
	}
	page, err := overview.Print(&a, emit.Header(a.Source))
	return string(page), err
}
