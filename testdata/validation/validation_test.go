package validation_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/wire"
	validation "github.com/resgen/resgen/testdata/validation/want"
)

// server returns a client of a server that counts its requests.
func server(t *testing.T, opts ...resilience.Option) (*validation.Client, *atomic.Int32) {
	t.Helper()
	var requests atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(s.Close)
	c, err := validation.New(append(opts, resilience.WithBaseURL(s.URL))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, &requests
}

// pet returns a valid pet.
func pet() validation.Pet { return validation.Pet{Name: "Rex", Kind: validation.KindDog} }

// faults returns the faults of an error, one in each line.
func faults(err error) string {
	var invalid *wire.InvalidError
	if !errors.As(err, &invalid) {
		return ""
	}
	var lines []string
	for _, f := range invalid.Faults {
		lines = append(lines, f.Path+": "+f.What)
	}
	return strings.Join(lines, "\n")
}

func TestCall_Refused(t *testing.T) {
	limit, trace, session, secret := int32(101), "no", "abc", "short"
	toy := validation.PetToy{}
	if err := toy.FromBall(validation.Ball{Kind: "ball", Size: new(int64)}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		call func(*validation.Client) error
		want string
	}{
		{"path and query", func(c *validation.Client) error {
			return c.AddPet(
				t.Context(), "REX", validation.AddPetParams{Limit: &limit, Tags: []string{"ab", "ab", "c"}}, pet(),
			)
		}, "path.id: does not match the pattern ^[a-z]+$\n" +
			"query.limit: is greater than 100\n" +
			"query.tags: has equal items at 0 and 1; want different ones\n" +
			"query.tags[2]: has 1 character; want at least 2 characters"},
		{"body", func(c *validation.Client) error {
			p := pet()
			p.Name, p.Kind, p.Toy, p.Password = "", "bird", &toy, &secret
			p.Labels = map[string]string{"A b": "long"}
			p.Children = []validation.Pet{pet(), {Name: strings.Repeat("é", 21), Kind: validation.KindCat}, pet()}
			return c.AddPet(t.Context(), "rex", validation.AddPetParams{}, p)
		}, "$.children: has 3 items; want at most 2 items\n" +
			"$.children[1].name: has 21 characters; want at most 20 characters\n" +
			`$.kind: is not one of the values of the document; want one of "cat", "dog"` + "\n" +
			"$.labels[\"A b\"]: does not match the pattern ^[a-z]\n" +
			"$.labels[\"A b\"]: has 4 characters; want at most 3 characters\n" +
			"$.name: has 0 characters; want at least 1 character\n" +
			"$.password: has 5 characters; want at least 8 characters\n" +
			"$.toy: fits none of 2 alternatives\n" +
			"$.toy.size: is less than 1"},
		{"header, cookie and object in a query", func(c *validation.Client) error {
			age := int64(-1)
			f := validation.FindPetsParamsFilter{Age: &age}
			return c.FindPets(t.Context(), validation.FindPetsParams{XTrace: &trace, Session: &session, Filter: &f})
		}, "header[\"X-Trace\"]: does not have the format uuid\n" +
			"cookie.session: has 3 characters; want at least 4 characters\n" +
			"query.filter.age: is less than 0"},
		{"text", func(c *validation.Client) error {
			note := "longer"
			return c.AddNote(t.Context(), &note)
		}, "$: has 6 characters; want at most 5 characters"},
		{"form", func(c *validation.Client) error {
			return c.SendForm(t.Context(), &validation.SendFormBody{Count: 4, Words: validation.Words{"long"}})
		}, "$.count: is greater than 3\n$.words[0]: has 4 characters; want at most 3 characters"},
		{"multipart", func(c *validation.Client) error {
			return c.Upload(
				t.Context(), &validation.UploadBody{Name: "ab", File: wire.File{Content: strings.NewReader("x")}},
			)
		}, "$.name: has 2 characters; want at least 3 characters"},
		{"a file that is missing", func(c *validation.Client) error {
			return c.Upload(t.Context(), &validation.UploadBody{Name: "ab"})
		}, "$.file: has no value\n$.name: has 2 characters; want at least 3 characters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, requests := server(t)
			err := c.call(client)
			invalid := errors.Is(err, resilience.ErrInvalidRequest)
			if got := faults(err); got != c.want || !invalid || requests.Load() != 0 {
				t.Errorf("%d requests, %v\n%s\nwant\n%s", requests.Load(), err, got, c.want)
			}
			// The same arguments are sent if validation is switched off, unless they cannot be.
			client, requests = server(t, resilience.WithValidation(false))
			err = c.call(client)
			if sendable := !strings.Contains(c.want, "has no value"); sendable != (err == nil && requests.Load() == 1) {
				t.Errorf("without validation: %d requests, %v", requests.Load(), err)
			}
		})
	}
}

func TestCall_Accepted(t *testing.T) {
	limit, trace, session := int32(100), "12345678-1234-1234-1234-123456789abc", "abcd"
	client, requests := server(t)
	err := errors.Join(
		client.AddPet(t.Context(), "rex", validation.AddPetParams{Limit: &limit, Tags: []string{"ab", "cd"}}, pet()),
		client.AddPet(t.Context(), "rex", validation.AddPetParams{}, pet(),
			resilience.WithBody("application/json", []byte(`{}`))), // bytes of the caller are not validated
		client.FindPets(t.Context(), validation.FindPetsParams{XTrace: &trace, Session: &session}),
		client.SendForm(t.Context(), &validation.SendFormBody{Count: 3}),
		client.SendForm(t.Context(), nil),
		client.Upload(t.Context(), &validation.UploadBody{
			Name: "abc", File: wire.File{Content: bytes.NewReader(make([]byte, 9))},
		}),
	)
	if err != nil || requests.Load() != 6 {
		t.Errorf("%d requests, %v", requests.Load(), err)
	}
}

func TestValidate(t *testing.T) {
	if err := pet().Validate(); err != nil {
		t.Error(err)
	}
	long := "ab"
	for _, c := range []struct {
		value interface{ Validate() error }
		want  string
	}{
		{validation.Kind("bird"), `$: is not one of the values of the document; want one of "cat", "dog"`},
		{validation.Validate{ValidateField: &long}, "$.validate: has 2 characters; want at most 1 character"},
		{validation.Named{nil, {nil, nil, nil}}, "$[1]: has 3 items; want at most 2 items"},
		{validation.PetToy{}, "$: has no value"},
	} {
		if got := faults(c.value.Validate()); got != c.want {
			t.Errorf("%T: got %s, want %s", c.value, got, c.want)
		}
	}
	// What was read keeps what Go cannot express, and is checked too.
	var p validation.Pet
	if err := wire.Unmarshal([]byte(`{"kind":"cat","price":"1","color":2}`), &p); err != nil {
		t.Fatal(err)
	}
	const want = "$.name: is required\n$.validate: is required\n" +
		"$.color: is not a member of the schema, which allows no others\n" +
		"$.price: is a string; want a number"
	if got := faults(p.Validate()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
