package variants_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	variants "github.com/resgen/resgen/testdata/variants/want"
)

// A server that responds with a text, and the drifts that its client reports.
type server struct {
	answer, sent string
	drifts       []string
}

func (s *server) client(t *testing.T, opts ...resilience.Option) *variants.Client {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		s.sent = string(data)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, s.answer)
	}))
	t.Cleanup(web.Close)
	runtime := resilience.NewRuntime(resilience.WithObserver(func(e resilience.Event) {
		for _, d := range e.Drifts {
			s.drifts = append(s.drifts, fmt.Sprintf("%s %s %d", d.Path, d.Kind, d.Count))
		}
	}))
	t.Cleanup(func() { _ = runtime.Close() })
	c, err := variants.New(append(opts, resilience.WithBaseURL(web.URL), resilience.WithRuntime(runtime))...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A value that is none of the types is kept, is reported, is sent back unchanged, and is refused by
// a strict client. A new member is reported too, but not refused.
func TestNoVariant(t *testing.T) {
	for answer, want := range map[string]string{
		`{"pet":{"kind":"cat","lives":9}}`:                         "",
		`{"pet":{"kind":"cow"}}`:                                   "pet variant 1",
		`{"pet":{"lives":9}}`:                                      "pet variant 1",
		`{"pet":"cat"}`:                                            "pet variant 1",
		`{"pet":{"kind":"cat"}}`:                                   "pet.lives missing 1",
		`{"pet":{"kind":"cat","lives":"many"}}`:                    "pet.lives type 1",
		`{"pet":{"kind":"dog","bark":"wau","age":7}}`:              "pet.age unknown 1",
		`{"pet":{"kind":"cat","lives":9,"friend":{"kind":"cow"}}}`: "pet.friend variant 1",
		`{"inline":{"a":"x"}}`:                                     "",
		`{"inline":{"c":"x"}}`:                                     "inline variant 1",
		`{"inline":{"a":1}}`:                                       "inline variant 1",
		`{"inline":{"b":"x","age":1}}`:                             "inline.age unknown 1",
		`{"maybe":null}`:                                           "",
		`{"maybe":["x"]}`:                                          "",
		`{"maybe":[1]}`:                                            "maybe variant 1",
		`{"maybe":7}`:                                              "maybe variant 1",
		`{"list":[{"kind":"dog"},{"kind":"cow"},{"kind":"hen"}]}`:  "list[] variant 2",
		`{"map":{"x":{"kind":"cow"},"y":{"kind":"dog"}}}`:          "map.* variant 1",
		`{"tree":"x"}`:                                             "",
		`{"tree":{"left":{"leaf":"a"},"right":{"left":"b"}}}`:      "",
		`{"tree":{"left":{"leaf":"a"},"right":{"left":5}}}`:        "tree.right.left variant 1",
		`{"tree":{"left":{"left":{"left":{"twig":"a"}}},"right":{"left":{"leaf":"b"}}}}`: "tree.left.left.left variant 1",
		`{"scalar":7}`:       "",
		`{"scalar":"7"}`:     "",
		`{"scalar":{"a":7}}`: "scalar type 1",
		`{"scalar":[7]}`:     "scalar type 1",
	} {
		s := &server{answer: answer}
		c := s.client(t)
		got, err := c.Exchange(t.Context(), variants.Box{})
		if err != nil || strings.Join(s.drifts, ", ") != want {
			t.Errorf("%s: got %v, %q, want %q", answer, err, s.drifts, want)
			continue
		}
		if text, err := json.Marshal(got); err != nil || string(text) != answer {
			t.Errorf("%s: written again %s, %v", answer, text, err)
		}
		if _, err := c.Exchange(t.Context(), *got); err != nil || s.sent != answer {
			t.Errorf("%s: sent back %s, %v", answer, s.sent, err)
		}
		path, kind, _ := strings.Cut(want, " ")
		_, err = s.client(t, resilience.WithStrictAnswers()).Exchange(t.Context(), variants.Box{})
		if want == "" || strings.HasPrefix(kind, "unknown") {
			if err != nil {
				t.Errorf("%s, strict: %v", answer, err)
			}
			continue
		}
		var failure *resilience.Error
		if !errors.As(err, &failure) || failure.Kind != resilience.KindContract ||
			!strings.Contains(err.Error(), "member "+path+": ") ||
			strings.HasPrefix(kind, "variant") != strings.Contains(err.Error(), "none of the types of the union") {
			t.Errorf("%s, strict: %v", answer, err)
		}
	}
}

// The whole response may be a union, or a list of them.
func TestNoVariant_WholeResponse(t *testing.T) {
	s := &server{answer: `{"kind":"cow","horns":2}`}
	pet, err := s.client(t).GetPet(t.Context())
	if err != nil || pet.String() != s.answer || strings.Join(s.drifts, "") != " variant 1" {
		t.Errorf("got %v, %v, %q", pet, err, s.drifts)
	}
	if v, err := pet.Value(); err == nil {
		t.Errorf("the value of %s is %v", pet, v)
	}
	_, err = s.client(t, resilience.WithStrictAnswers()).GetPet(t.Context())
	if !errors.Is(err, resilience.ErrContract) {
		t.Errorf("strict: %v", err)
	}
	s = &server{answer: `[{"kind":"dog"},{"kind":"cow"}]`}
	list, err := s.client(t).ListPets(t.Context())
	if err != nil || len(list) != 2 || list[1].String() != `{"kind":"cow"}` ||
		strings.Join(s.drifts, "") != "[] variant 1" {
		t.Errorf("got %v, %v, %q", list, err, s.drifts)
	}
	_, err = s.client(t, resilience.WithStrictAnswers()).ListPets(t.Context())
	if !errors.Is(err, resilience.ErrContract) {
		t.Errorf("strict: %v", err)
	}
}
