package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

func (p *program) explain() *cobra.Command {
	var asJSON bool
	cmd := p.command("explain [CLIENT [OPERATION]]", "Show each policy value with its source",
		"Explain shows the plan. Without arguments it lists all clients, with a client its operations, and with an "+
			"operation each value of its policy\nwith its source. A client is named by its document, package or "+
			"output; an operation by its operationId or as \"METHOD /path\".",
		arguments("explain [CLIENT [OPERATION]]", `quote operations: "GET /pets"`),
		func(ctx context.Context, args []string) error {
			c, err := generator.ReadConfig(p.dir)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				c.Only = args[0]
			}
			r, err := generator.Plan(ctx, c)
			p.warnings(r, err)
			if err != nil {
				return err
			}
			operation := ""
			if len(args) > 1 {
				operation = args[1]
			}
			plans, err := plansOf(r.Packages, operation)
			if err != nil {
				return err
			}
			return p.printPlans(plans, len(args), asJSON)
		})
	cmd.ValidArgsFunction = p.operationNames
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the plan as JSON")
	return cmd
}

// A clientPlan is the plan of one client as --json prints it.
type clientPlan struct {
	Name       string          `json:"name"`
	Package    string          `json:"package"`
	Output     string          `json:"output"`
	Document   string          `json:"document"`
	Title      string          `json:"title"`
	Version    string          `json:"version"`
	Policy     []value         `json:"policy"` // of the API as a whole
	Operations []operationPlan `json:"operations"`
}

// An operationPlan is the plan of one operation.
type operationPlan struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Grouped     string  `json:"grouped,omitempty"` // name in the group of its tag, such as Pets.List
	Method      string  `json:"method"`
	Path        string  `json:"path"`
	Position    string  `json:"position"`
	Idempotency string  `json:"idempotency"`
	Why         string  `json:"why,omitempty"`
	ClassSource string  `json:"source"`
	Policy      []value `json:"policy"`
	Pages       *pages  `json:"pages,omitempty"`
}

// pages describes the pagination of an operation.
type pages struct {
	Style       string `json:"style"` // how the next page is requested
	Source      string `json:"source"`
	ItemsMethod string `json:"itemsMethod,omitempty"` // iterates over the items of all pages
	// iterates over the pages; empty if the caller must request each page
	PagesMethod string `json:"pagesMethod,omitempty"`
}

// A value is one value of a policy with its source.
type value struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`  // a number, true or false, a list, or text; durations are text such as 1m30s
	Source string `json:"source"` // file:line:col, or the default it comes from
	Kind   string `json:"kind"`   // default, method, document, x-resgen, policy file
}

// plansOf returns what explain shows of the packages. If operation is not empty, other operations
// are left out.
func plansOf(packages []generator.Package, operation string) ([]clientPlan, error) {
	var plans []clientPlan
	found := false
	for _, pkg := range packages {
		a := pkg.API
		c := clientPlan{
			Name: pkg.Name, Package: a.Package, Output: pkg.Output, Document: a.Source, Title: a.Title,
			Version: a.Version,
			Policy:  values(sized(a), a.Sources, a.Buckets), Operations: []operationPlan{},
		}
		for _, op := range a.Operations {
			if operation == "" || slices.Contains(namesOf(op), operation) {
				c.Operations = append(c.Operations, operationPlanOf(op, a.Buckets))
				found = true
			}
		}
		plans = append(plans, c)
	}
	if operation != "" && !found {
		return nil, unknownOperation(packages, operation)
	}
	return plans, nil
}

// namesOf returns the texts that select an operation.
func namesOf(op *api.Operation) []string {
	return []string{op.ID, op.Name, op.GroupedName(), op.Method + " " + op.Path}
}

// sized returns the policy of an API with the sizes of its connection pool.
func sized(a *api.API) policy.Policy {
	r := policy.Resolved{Defaults: a.Policy}
	for _, op := range a.Operations {
		r.Operations = append(r.Operations, op.Policy)
	}
	p := a.Policy
	p.Transport = p.Transport.Sized(r.Bulkheads()...)
	return p
}

func operationPlanOf(op *api.Operation, buckets map[string]policy.Rate) operationPlan {
	var paged *pages
	if op.Pages != "" {
		paged = &pages{
			Style: string(op.Pages), Source: op.Sources["pagination.style"].String(), ItemsMethod: op.ItemsMethod,
			PagesMethod: op.PagesMethod,
		}
	}
	return operationPlan{
		ID: op.ID, Name: op.Name, Grouped: op.GroupedName(), Method: op.Method, Path: op.Path,
		Position: op.Pos.String(), Idempotency: string(op.Policy.Idempotency), Why: op.Policy.Why,
		ClassSource: op.Sources["idempotency"].String(),
		Policy:      values(op.Policy, op.Sources, buckets), Pages: paged,
	}
}

// values lists what is set in a policy, in the order of the policy's keys. The longest wait for a
// permit, which follows from the rates if it is not set, is always listed, and the sizes of the
// connection pool, which follow from the bulkheads.
func values(p policy.Policy, sources map[string]policy.Source, buckets map[string]policy.Rate) []value {
	var list []value
	for _, f := range policy.Fields() {
		text, _ := policy.Get(p, f.Path)
		source, set := sources[f.Path]
		if text == "" && f.Path == "rate.max-wait" && p.Rate.Enabled != policy.Off {
			text = policy.FormatDuration(p.Rate.Wait(buckets))
			source.Note = "time of two permits, at least 1m"
		}
		if !set && (f.Path == "transport.max-idle" || f.Path == "transport.max-conns") {
			source.Note = "sum of bulkhead.max"
		}
		if text == "" {
			continue
		}
		list = append(list, value{
			Key: f.Path, Value: typed(f.Type, text), Source: source.String(), Kind: source.Kind.String(),
		})
	}
	return list
}

// typed converts the text of a value to the type that it has in JSON.
func typed(kind, text string) any {
	switch kind {
	case "whole number", "number", "list of whole numbers":
		return json.RawMessage(text)
	case "true or false":
		return text == "true"
	case "list of rules":
		return ruleList(text)
	case "list of text":
		items := strings.Split(strings.Trim(text, "[]"), ", ")
		return slices.DeleteFunc(items, func(s string) bool { return s == "" })
	}
	return text
}

// A ruleList is a list of rules as a policy file has it. In JSON it is a list of objects.
type ruleList string

// MarshalJSON returns the list with the keys of a policy file.
func (r ruleList) MarshalJSON() ([]byte, error) {
	var list any
	n, found := tree.Parse("", []byte("rules: "+r))
	if len(found) > 0 {
		return nil, found
	}
	tree.Decode(n.Get("rules"), &list)
	return json.Marshal(list)
}

// printPlans prints the plans as JSON, or as the table that fits the number of arguments.
func (p *program) printPlans(plans []clientPlan, args int, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(p.stdout)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(plans)
	}
	t := table{tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)}
	switch args {
	case 0:
		t.clients(plans)
	case 1:
		for _, c := range plans {
			t.operations(c)
		}
	default:
		for _, c := range plans {
			for _, op := range c.Operations {
				t.values(op)
			}
		}
	}
	return t.w.Flush()
}

// A table prints rows with aligned columns.
type table struct{ w *tabwriter.Writer }

// row prints one row. Line breaks and tabs in the cells are escaped.
func (t table) row(cells ...string) {
	for i, cell := range cells {
		cells[i] = diag.Printable(cell)
	}
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

func (t table) clients(plans []clientPlan) {
	t.row("CLIENT", "PACKAGE", "OPERATIONS", "CLASSES", "DOCUMENT")
	for _, c := range plans {
		t.row(c.Name, c.Package, strconv.Itoa(len(c.Operations)), classes(c.Operations), c.Document)
	}
}

// classes counts operations by class, the most frequent first.
func classes(ops []operationPlan) string {
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

func (t table) operations(c clientPlan) {
	t.row("OPERATION", "REQUEST", "CLASS", "ATTEMPTS", "RATE", "PAGES", "SOURCE OF THE CLASS", "WHY")
	for _, op := range c.Operations {
		t.row(op.ID, op.Method+" "+op.Path, op.Idempotency, op.text("retry.attempts"), rateOf(op), pagesOf(op),
			op.ClassSource, op.Why)
	}
}

// text returns a value as text, or "" if it is not set.
func (op operationPlan) text(key string) string {
	for _, v := range op.Policy {
		if v.Key == key {
			return textOf(v.Value)
		}
	}
	return ""
}

// textOf prints a value in one line.
func textOf(v any) string {
	switch v := v.(type) {
	case json.RawMessage:
		return string(v)
	case []string:
		return "[" + strings.Join(v, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// rateOf returns the rate limit of an operation as text.
func rateOf(op operationPlan) string {
	if bucket := op.text("rate.bucket"); bucket != "" {
		return "bucket " + bucket
	}
	if rate := op.text("rate.per-second"); rate != "" {
		text := rate + "/s, burst " + cmp.Or(op.text("rate.burst"), "1")
		if reserve := op.text("rate.reserve"); reserve != "" && reserve[0] != '-' {
			text += ", reserve " + reserve
		}
		return text
	}
	return "-"
}

// pagesOf returns the pagination style of an operation, or "-".
func pagesOf(op operationPlan) string {
	if op.Pages == nil {
		return "-"
	}
	return op.Pages.Style
}

func (t table) values(op operationPlan) {
	t.row(op.ID + ": " + op.Method + " " + op.Path)
	if op.Grouped != "" {
		fmt.Fprintln(t.w, "client."+op.Name+", client."+op.Grouped)
	}
	fmt.Fprintln(t.w)
	t.row("KEY", "VALUE", "SOURCE")
	for _, v := range op.Policy {
		t.row(v.Key, textOf(v.Value), v.Source)
	}
}
