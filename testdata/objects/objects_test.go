package objects_test

import (
	"encoding/json"
	"testing"

	objects "github.com/resgen/resgen/testdata/objects/want"
)

// back reads a text and writes it again.
func back[T any](t *testing.T, data string) (T, string) {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(data), &v); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return v, string(out)
}

// Names that no json tag can carry are read and written all the same.
func TestOddNames(t *testing.T) {
	const data = `{"a,b":"1","c\"d":2,"e` + "`" + `f":"3","":"4","-":"5","g'h":"6","plain":"7","$ref":"8","x.y-z":"9"}`
	v, out := back[objects.OddNames](t, data)
	if out != data || v.AB != "1" || *v.CD != 2 || *v.EF != "3" || *v.Empty != "4" || *v.Minus != "5" || *v.GH != "6" || *v.XYZ != "9" || !v.Unknown.IsZero() {
		t.Errorf("got %+v and back %s", v, out)
	}
	if out, err := json.Marshal(objects.OddNames{}); err != nil || string(out) != `{"a,b":""}` {
		t.Errorf("got %s, %v", out, err)
	}
}

func TestAdditionalProperties(t *testing.T) {
	v, out := back[objects.Typed](t, `{"id":"a","n":1,"m":"x"}`)
	if v.AdditionalProperties["n"] != 1 || out != `{"id":"a","m":"x","n":1}` {
		t.Errorf("got %+v and back %s", v, out)
	}
	same, out := back[objects.Same](t, `{"additionalProperties":"a","b":"c"}`)
	if *same.AdditionalPropertiesField != "a" || same.AdditionalProperties["b"] != "c" || out != `{"additionalProperties":"a","b":"c"}` {
		t.Errorf("got %+v and back %s", same, out)
	}
}

// A closed object, one without a single member and one that is no object lose nothing either.
func TestNothingIsLost(t *testing.T) {
	for _, data := range []string{`{}`, `{"new":[1.50,null]}`, `[1]`, `"a"`} {
		if _, out := back[objects.Closed](t, data); out != data {
			t.Errorf("got %s, want %s", out, data)
		}
	}
	for _, data := range []string{
		`{"required":"a","requiredOrNull":null,"optionalOrNull":null,"requiredList":[],"optionalList":[1,null],"requiredMap":{"a":"b"},"nullableObject":null}`,
		`{"required":null,"optional":null,"requiredOrNull":7,"requiredList":null,"optionalList":["x"],"requiredMap":{"a":1},"optionalObject":[]}`,
		`{"optional":"a"}`,
	} {
		if _, out := back[objects.Presence](t, data); out != data {
			t.Errorf("got %s, want %s", out, data)
		}
	}
}
