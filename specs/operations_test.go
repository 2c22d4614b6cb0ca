package specs_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// A row is an operation with its documented facts.
type row struct {
	Package, ID, Method, Path string
	Class                     policy.Class
	PerSecond                 float64 // 0: no rate
	Burst                     int
	Why                       string // not in tables
}

// classes maps a word of the tables to a class. A row with another class has a note with the
// reason.
var classes = map[string]policy.Class{
	"safe": policy.Safe, "idempotent": policy.Idempotent, "non-idempotent": policy.Unsafe, "unknown": policy.Unsafe,
}

// counts is the number of operations by API, which is also the folder name.
var counts = map[string]int{"spapi": 47, "crossmark": 33, "edr": 12}

// The operations of the three APIs are those of the tables in testdata/operations, with the same
// name, method, path, class and rate, both as planned from the documents with their policies and as
// described by the checked-in packages.
func TestOperations_MatchTheTables(t *testing.T) {
	planned, described := plannedRows(t), describedRows(t)
	for name, count := range counts {
		want := table(t, name)
		if len(want) != count {
			t.Errorf("%s: the table has %d rows, want %d", name, len(want), count)
		}
		compare(t, name+" as planned", planned[name], want)
		compare(t, name+" as generated", described[name], want)
	}
}

// Each operation has a reason that is unique within its API; only a pure read may have none.
func TestOperations_HaveReasons(t *testing.T) {
	planned, described := plannedRows(t), describedRows(t)
	for name := range counts {
		distinct(t, planned[name])
		distinct(t, described[name])
	}
}

// The policies of the Selling Partner API also cover the documents that are not checked in.
func TestPolicies_HaveReasons(t *testing.T) {
	const path = "spapi/policy.yaml"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, findings := policyfile.DecodeFile(path, data)
	if len(findings) > 0 || len(file.Operations) != 370 {
		t.Errorf("%d operations, want 370: %v", len(file.Operations), findings)
	}
	var rows []row
	for _, entry := range file.Operations {
		r := row{ID: entry.Key.String(), Class: policy.Safe, Why: entry.Layer.Policy.Why}
		if entry.Key.Method != "GET" {
			r.Class = entry.Layer.Policy.Idempotency
		}
		rows = append(rows, r)
	}
	distinct(t, rows)
}

// distinct reports reasons that are missing or not unique.
func distinct(t *testing.T, rows []row) {
	t.Helper()
	first := map[string]string{}
	for _, r := range rows {
		if r.Why == "" {
			if r.Class != policy.Safe {
				t.Errorf("%s is %s and does not say what a repeat does", r.ID, r.Class)
			}
			continue
		}
		if other, ok := first[r.Why]; ok {
			t.Errorf("%s and %s both say: %s", r.ID, other, r.Why)
		}
		first[r.Why] = r.ID
	}
}

// compare reports missing, new and different rows.
func compare(t *testing.T, what string, got, want []row) {
	t.Helper()
	type key struct{ Package, ID string }
	rest := map[key]row{}
	for _, r := range got {
		r.Why = ""
		rest[key{r.Package, r.ID}] = r
	}
	for _, w := range want {
		k := key{w.Package, w.ID}
		if g, ok := rest[k]; !ok {
			t.Errorf("%s: %s is missing", what, w.ID)
		} else if g != w {
			t.Errorf("%s: got %+v, want %+v", what, g, w)
		}
		delete(rest, k)
	}
	for _, r := range rest {
		t.Errorf("%s: no table has %+v", what, r)
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d operations, want %d", what, len(got), len(want))
	}
}

// table reads the table of an API. Each row has the class of its word, or a note.
func table(t *testing.T, name string) []row {
	t.Helper()
	var rows []row
	for _, c := range records(t, filepath.Join("testdata", "operations", name+".tsv")) {
		r := row{
			Package: c["package"],
			ID:      c["operation"],
			Method:  c["method"],
			Path:    c["path"],
			Class:   policy.Class(c["class"]),
		}
		if r.Class != classes[strings.ToLower(c["fact"])] && c["note"] == "" {
			t.Errorf("%s: the facts say %s, the class is %s, and no note says why", r.ID, c["fact"], r.Class)
		}
		if c["rate"] != "" {
			var err error
			if r.PerSecond, err = strconv.ParseFloat(c["rate"], 64); err != nil {
				t.Error(err)
			}
			if r.Burst, err = strconv.Atoi(c["burst"]); err != nil {
				t.Error(err)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// records reads a file of tab-separated columns with a header line.
func records(t *testing.T, path string) []map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.Comma = '\t'
	lines, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, line := range lines[1:] {
		record := map[string]string{}
		for i, cell := range line {
			record[lines[0][i]] = cell
		}
		list = append(list, record)
	}
	return list
}

// plannedRows plans every document of resgen.yaml with its policy. The keys are the documents'
// folders.
func plannedRows(t *testing.T) map[string][]row {
	t.Helper()
	config, err := generator.ReadConfig("..")
	if err != nil {
		t.Fatal(err)
	}
	result, err := generator.Plan(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]row{}
	for _, p := range result.Packages {
		name := filepath.Base(filepath.Dir(p.API.Source))
		for _, op := range p.API.Operations {
			rows[name] = append(rows[name], rowOf(p.API.Package, op.ID, op.Method, op.Path, op.Policy))
		}
	}
	return rows
}

// describedRows returns the operations that the checked-in packages describe, by the folder of
// their document.
func describedRows(t *testing.T) map[string][]row {
	t.Helper()
	rows := map[string][]row{}
	for document, newClient := range clients {
		client, err := newClient(resilience.WithoutCredential())
		if err != nil {
			t.Fatal(err)
		}
		described := descriptionOf(client)
		for _, op := range described.Operations {
			name := filepath.Dir(document)
			rows[name] = append(rows[name], rowOf(described.Name, op.ID, op.Method, op.Path, op.Policy))
		}
	}
	return rows
}

// descriptionOf returns the description of a client. It is not exported, so it is read by
// reflection.
func descriptionOf(client any) *resilience.API {
	field := reflect.ValueOf(client).Elem().FieldByName("caller").Elem().FieldByName("api")
	return *(**resilience.API)(unsafe.Pointer(field.UnsafeAddr()))
}

func rowOf(pkg, id, method, path string, p policy.Policy) row {
	return row{
		Package:   pkg,
		ID:        id,
		Method:    method,
		Path:      path,
		Class:     p.Idempotency,
		PerSecond: p.Rate.PerSecond,
		Burst:     p.Rate.Burst,
		Why:       p.Why,
	}
}
