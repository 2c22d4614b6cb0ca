package decoding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/resgen/resgen/resilience/wire"
)

// seeds are bodies that try one thing each.
var seeds = []string{
	`null`, `{"a":[1,-0.0,1e400,"é\n\ud83d\ude00\ud800"],"b":{"c":null}}`, `[{"id":1,"id":"2"},[],{}]`, "\"\xff\"",
	` { "id" : 12345678901234567890 , "TEXT" : 0.1234567890123456789 } `, `{"items":[{"items":[{"id":7}]}]}`,
	`{"map":{"k":"v","k":"w"},"flag":"true","count":"12","ratio":1.5e-3}`, `{"id":tru}`, `[1,]`, `01`, `{"a" 1}`,
}

// addSamples adds the seeds, and all examples of the documents under RESGEN_CORPUS that are written
// in JSON, up to a size.
func addSamples(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	folder := os.Getenv("RESGEN_CORPUS")
	if folder == "" {
		f.Log("RESGEN_CORPUS names no folder of documents: their samples are NOT tried")
		return
	}
	bodies := map[string]bool{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var doc any
		if json.Unmarshal(data, &doc) == nil { // some test that documents are refused
			collect(doc, bodies)
		}
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
	for body := range bodies {
		f.Add([]byte(body))
	}
	f.Logf("%d samples", len(bodies))
}

// mostSample is the largest sample in bytes that a fuzz target starts from.
const mostSample = 16 << 10

// collect adds the examples in a part of a document.
func collect(part any, bodies map[string]bool) {
	switch x := part.(type) {
	case map[string]any:
		for name, value := range x {
			if slices.Contains([]string{"example", "value", "body", "response", "default"}, name) {
				if data, err := json.Marshal(value); err == nil && len(data) <= mostSample {
					bodies[string(data)] = true
				}
			}
			collect(value, bodies)
		}
	case []any:
		for _, item := range x {
			collect(item, bodies)
		}
	}
}

// A value without a declared type must be what encoding/json and jsontext read, and both must agree
// on what is JSON.
func FuzzAny(f *testing.F) {
	addSamples(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var got any
		err := wire.Unmarshal(data, &got)
		if valid := json.Valid(data); (err == nil) != valid {
			t.Fatalf("%q: got %v, valid is %v", data, err, valid)
		}
		tokens, tokenErr := readTokens(data)
		if (err == nil) != (tokenErr == nil) {
			t.Fatalf("%q: got %v, jsontext %v", data, err, tokenErr)
		}
		if err != nil || !utf8.Valid(data) {
			return // names without escapes keep bytes that are not UTF-8, which the others replace
		}
		want, err := standard(data)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %#v, want %#v, %v", data, got, want, err)
		}
		if !reflect.DeepEqual(got, tokens) {
			t.Fatalf("%q: got %#v, jsontext %#v", data, got, tokens)
		}
	})
}

// standard reads a value with encoding/json.
func standard(data []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// readTokens reads a value with jsontext, as leniently as encoding/json does.
func readTokens(data []byte) (any, error) {
	d := jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	v, err := readToken(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, fmt.Errorf("more data follows: %w", err)
	}
	return v, nil
}

func readToken(d *jsontext.Decoder) (any, error) {
	switch d.PeekKind() {
	case '{':
		m := map[string]any{}
		_, err := d.ReadToken()
		for err == nil && d.PeekKind() != '}' {
			var name jsontext.Token
			if name, err = d.ReadToken(); err == nil {
				text := name.String()
				m[text], err = readToken(d)
			}
		}
		if err == nil {
			_, err = d.ReadToken()
		}
		return m, err
	case '[':
		list := []any{}
		_, err := d.ReadToken()
		for err == nil && d.PeekKind() != ']' {
			var item any
			item, err = readToken(d)
			list = append(list, item)
		}
		if err == nil {
			_, err = d.ReadToken()
		}
		return list, err
	}
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '"':
		return token.String(), nil
	case '0':
		return json.Number(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}

// record has the kinds of fields that are read without package reflect.
type record struct {
	ID    int64             `json:"id"`
	Text  string            `json:"text"`
	Count *int32            `json:"count,omitempty"`
	Ratio *float64          `json:"ratio,omitempty"`
	Flag  bool              `json:"flag"`
	Tags  []string          `json:"tags"`
	Items []record          `json:"items"`
	Map   map[string]string `json:"map"`
	Free  any               `json:"free"`
	Next  *record           `json:"next,omitempty"`
}

// What encoding/json reads into a struct must be read in the same way, and what is not JSON must be
// refused. What encoding/json refuses because of a type may be converted.
func FuzzStruct(f *testing.F) {
	addSamples(f)
	f.Add([]byte(`{"id":-9223372036854775808,"text":"a","count":7,"ratio":0.5,"flag":true,"tags":["x","\u00e9"],` +
		`"items":[{"id":1},{"id":2,"items":[]}],"map":{"a":"b"},"free":[1.50,{}],"next":{"TEXT":"b"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want record
		err := wire.Unmarshal(data, &got)
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		if !json.Valid(data) {
			if err == nil {
				t.Fatalf("%q: is read", data)
			}
			return
		}
		if wantErr := d.Decode(&want); wantErr != nil {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		if utf8.Valid(data) && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %+v, want %+v", data, got, want)
		}
	})
}
