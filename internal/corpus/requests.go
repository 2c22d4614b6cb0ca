package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"text/template"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/resgen/resgen/generator/api"
)

//go:embed driver.go.txt
var driverText string

var driver = template.Must(template.New("driver").Parse(driverText))

// A trial is one call that the driver makes. The driver reads the exported fields.
type trial struct {
	Client  int
	Method  string
	Base    string
	Args    []json.RawMessage
	Params  map[string]json.RawMessage
	Body    json.RawMessage
	HasBody bool
	Status  int
	Media   string
	Answer  []byte
	Field   string
	Token   string

	doc   *document
	judge *judge
	op    *api.Operation
	name  string          // of the call, for the table
	sent  json.RawMessage // value of a JSON body

	values       map[string]any // of parameters, by location and name
	content      any            // value of the body; nil if there is none
	contentType  *openapi3.MediaType
	contentMedia string
	fits         bool // the response fits its schema
	isJSON       bool // the response is JSON
}

// A trace is what the driver observed of a trial.
type trace struct {
	Requests []sentRequest
	Strays   []string // hosts that anything but the client's transport dialed
	Error    string
	Result   json.RawMessage // or what a failed response was decoded into
	Text     []byte          // of a text, bytes or a stream
	Failed   bool            // the error is that of a failed response
	Body     []byte          // beginning of the body of a failed response
}

// A tally counts the results of the trials of a document.
type tally struct {
	Called, Accepted int // calls, and those whose request the judge accepts and whose body is what was passed
	Gaps             int // calls whose request kin-openapi cannot judge
	Samples, Equal   int // responses that fit their schema, and those that are unchanged after decoding and encoding
	Odd, Kept        int // responses that do not fit, and those that lose nothing
	Unsampled        int // calls for which no value was found
}

func (t *tally) add(u tally) {
	v, w := reflect.ValueOf(t).Elem(), reflect.ValueOf(u)
	for i := range v.NumField() {
		v.Field(i).SetInt(v.Field(i).Int() + w.Field(i).Int())
	}
}

// exercise calls every method of every client that compiles, and checks the requests with
// kin-openapi.
func exercise(ctx context.Context, work string, docs []*document, out io.Writer) error {
	var clients []*document
	var trials []*trial
	for _, d := range docs {
		if d.api == nil || len(d.failures) > 0 {
			continue
		}
		j, err := newJudge(d.file)
		if err != nil {
			fmt.Fprintf(out, "%s/%s: not judged, kin-openapi refuses it: %v\n", d.set, d.name, firstLine(err))
			continue
		}
		trials = append(trials, d.trials(j, len(clients))...)
		clients = append(clients, d)
	}
	traces, err := drive(ctx, work, clients, trials)
	if err != nil {
		return err
	}
	for i, t := range trials {
		if err := ctx.Err(); err != nil {
			return err
		}
		t.settle(ctx, &traces[i])
	}
	return reportRequests(out, clients)
}

// drive builds the driver and runs it.
func drive(ctx context.Context, work string, clients []*document, trials []*trial) ([]trace, error) {
	var rows []clientRow
	for i, d := range clients {
		rows = append(rows, d.row(i))
	}
	return run[trace](ctx, work, driver, rows, trials)
}

// A clientRow is a generated package that a driver imports.
type clientRow struct{ Alias, Path, New string }

// row returns the client of a document as the i-th import of a driver.
func (d *document) row(i int) clientRow {
	return clientRow{fmt.Sprintf("p%d", i), path.Join("corpus", d.set, d.name, "client"), d.api.Names.New}
}

// run builds a driver and runs it on a list. It returns the driver's result for each entry.
func run[Out, In any](ctx context.Context, work string, program *template.Template, rows any, list []In) (
	[]Out, error,
) {
	var source, input bytes.Buffer
	encoder := json.NewEncoder(&input)
	for _, t := range list {
		if err := encoder.Encode(t); err != nil {
			return nil, err
		}
	}
	dir := filepath.Join(work, "driver")
	in, outcome := filepath.Join(work, "in.json"), filepath.Join(work, "out.json")
	if err := errors.Join(program.Execute(&source, rows), os.MkdirAll(dir, 0o755), os.WriteFile(
		filepath.Join(dir, "main.go"), source.Bytes(), 0o644,
	),
		os.WriteFile(in, input.Bytes(), 0o644)); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "run", "./driver", in, outcome)
	cmd.Dir, cmd.Env = work, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the driver: %w\n%s", err, text)
	}
	return readOutcomes[Out](outcome, len(list))
}

func readOutcomes[Out any](file string, want int) ([]Out, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var list []Out
	for decoder := json.NewDecoder(bytes.NewReader(data)); decoder.More(); {
		var o Out
		if err := decoder.Decode(&o); err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	if len(list) != want {
		return nil, fmt.Errorf("the driver did %d of %d", len(list), want)
	}
	return list, nil
}

// settle counts the result of a trial.
func (t *trial) settle(ctx context.Context, got *trace) {
	n := &t.doc.tally
	if t.Answer != nil {
		t.settleAnswer(got)
		return
	}
	n.Called++
	if len(got.Requests) == 0 {
		t.doc.object(t.name, "sent nothing: "+got.Error)
		return
	}
	if why := t.differs(got); why != "" {
		t.doc.object(t.name, why)
		return
	}
	for i := range got.Requests {
		if err := t.judge.accept(ctx, t.op.Path, t.greedy(), &got.Requests[i]); err != nil {
			if why := t.judge.known(err, &got.Requests[i]); why != "" {
				n.Gaps++
				t.doc.gaps = append(t.doc.gaps, why)
				return
			}
			t.doc.object(t.name, err.Error()+" <- "+got.Requests[i].URL)
			return
		}
	}
	n.Accepted++
}

// differs compares the requests with what the document demands for the values of the trial.
func (t *trial) differs(got *trace) string {
	if len(got.Strays) > 0 {
		return "dialed " + strings.Join(got.Strays, ", ")
	}
	item, kin := t.judge.operation(t.op.Method, t.op.Path)
	want, err := t.judge.expect(t.op.Method, t.op.Path, item, kin, t.values, t.greedy())
	if err != nil {
		return err.Error()
	}
	sent := &got.Requests[0]
	return cmp.Or(want.differs(sent), t.differsBody(sent))
}

// greedy returns the parameters whose slashes are not escaped.
func (t *trial) greedy() []string {
	var names []string
	for _, p := range t.op.PathParams {
		if p.Greedy {
			names = append(names, p.Name)
		}
	}
	return names
}

func (t *trial) settleAnswer(got *trace) {
	n := &t.doc.tally
	count, good := &n.Odd, &n.Kept
	if t.fits {
		count, good = &n.Samples, &n.Equal
	}
	*count++
	if why := t.misread(got); why != "" {
		t.doc.object(t.name, fmt.Sprintf("answer (fits %t): %s", t.fits, why))
		return
	}
	*good++
}

// misread returns what is wrong with the result for a response.
func (t *trial) misread(got *trace) string {
	if len(got.Strays) > 0 {
		return "dialed " + strings.Join(got.Strays, ", ")
	}
	asked := len(got.Requests) == 0 || accepts(got.Requests[0].Header.Get("Accept"), t.Media)
	success := t.Status < 300
	if t.Status/100 == 3 { // a redirect is a success or a failure
		success = got.Error == ""
	}
	switch {
	case success && !asked: // a server does not send it
		return ""
	case success && got.Error != "":
		return got.Error
	case !success && !got.Failed:
		return "no error of the status: " + got.Error
	case !asked && string(got.Body) == string(t.Answer): // a failure may have any media type
		return ""
	case len(t.Answer) == 0 || t.Status/100 == 3 && success:
		return ""
	case !t.isJSON && string(got.Text) != string(t.Answer):
		return fmt.Sprintf("got %q, want %q", got.Text, t.Answer)
	case !t.isJSON:
		return ""
	case got.Result == nil:
		return "no result"
	}
	return lost(decode(t.Answer), decode(got.Result), t.fits, "$")
}

// accepts reports whether an Accept field accepts a media type (RFC 9110, section 12.5.1).
func accepts(field, media string) bool {
	if media == "" || field == "" {
		return true
	}
	kind, _, _ := strings.Cut(mediaType(media), "/")
	for one := range strings.SplitSeq(field, ",") {
		switch mediaType(strings.TrimSpace(one)) {
		case mediaType(media), kind + "/*", "*/*":
			return true
		}
	}
	return false
}

func (d *document) object(name, why string) {
	d.notes = append(d.notes, name+": "+why)
}

// mostNotes is the maximum number of notes that are printed about one document.
const mostNotes = 12

// print prints what is wrong with requests and responses of a document.
func (d *document) print(out io.Writer) {
	for i, n := range d.notes {
		if i == mostNotes {
			fmt.Fprintf(out, "%s/%s: %d more\n", d.set, d.name, len(d.notes)-i)
			return
		}
		fmt.Fprintf(out, "%s/%s: %s\n", d.set, d.name, strings.ReplaceAll(n, "\n", " "))
	}
}

// reportRequests prints the findings and the sums. It returns errNotOK unless every request was
// accepted and every response was read.
func reportRequests(out io.Writer, docs []*document) error {
	var all tally
	known := map[string]int{}
	for _, d := range docs {
		d.print(out)
		for _, g := range d.gaps {
			known[g]++
		}
		all.add(d.tally)
	}
	fmt.Fprintf(
		out, "\n%-50s%s\n", "document",
		"accepted (beyond the judge) / called, equal / samples, kept / samples that do not fit, without a sample",
	)
	for _, d := range docs {
		fmt.Fprintf(out, "%-50s%s\n", d.set+"/"+d.name, d.tally)
	}
	fmt.Fprintf(out, "%-50s%s\n", "all", all)
	for _, why := range slices.Sorted(maps.Keys(known)) {
		fmt.Fprintf(out, "not judged %5d: %s\n", known[why], why)
	}
	if all.Accepted+all.Gaps != all.Called || all.Equal != all.Samples || all.Kept != all.Odd {
		return errNotOK
	}
	return nil
}

// String returns a row of the table.
func (t tally) String() string {
	return fmt.Sprintf(
		"%d (%d) / %d, %d / %d, %d / %d, %d", t.Accepted, t.Gaps, t.Called, t.Equal, t.Samples, t.Kept, t.Odd,
		t.Unsampled,
	)
}
