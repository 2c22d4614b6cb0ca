package generator

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

const lintPolicy = `operations:
  addPet: {idempotency: idempotent, why: a pet is replaced, breaker: {enabled: false}, rate: {bucket: used}}
buckets: {used: {per-second: 5, burst: 5}, idle: {per-second: 5, burst: 5}}
circuits: {spare: {consecutive: 3}}
`

func lintIn(t *testing.T, keys, document string) (string, error) {
	t.Helper()
	dir := project(t, map[string]string{
		"pets.yaml": document, "policy.yaml": lintPolicy,
		"resgen.yaml": keys + onePackage + "    policy: policy.yaml\n",
	})
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Lint(t.Context(), c)
	return r.Diagnostics.Error(), err
}

func TestLint(t *testing.T) {
	const breaker = "policy.yaml:2:80: warning: operation addPet: is sent up to 4 times and has no circuit " +
		"breaker, so retries add load to an outage; switch the breaker on, or set retry.attempts to 1\n"
	const names = "policy.yaml:3:44: warning: bucket idle: no operation uses it; delete it, or name it in an " +
		"operation\n" +
		"policy.yaml:4:12: warning: circuit spare: no operation uses it; delete it, or name it in an operation"
	const root = "pets.yaml:21:23: warning: circuit shop: no operation uses it; delete it, or name it in an operation\n"
	for _, tt := range []struct{ name, keys, document, want string }{
		{"as it is", "", petstore, breaker + names},
		{
			"names at the root of the document", "", petstore + "x-resgen: {circuits: {shop: {consecutive: 3}}}\n",
			root + breaker + names,
		},
		{
			"a name with other values in the document", "",
			petstore + "x-resgen: {circuits: {spare: {consecutive: 9}}}\n",
			"pets.yaml:21:23: warning: circuit spare: its values do not apply, because policy.yaml:4:12 defines it with " +
				"others; delete one of the definitions\n" + strings.Replace(root, "shop", "spare", 1) + breaker + names,
		},
		{"a severity", "severity: {unused-name: ignore, retry-without-breaker: ignore}\n", petstore, ""},
		{
			"a document that cannot be read", "", "openapi: 9.9.9\n",
			"pets.yaml:1:10: OpenAPI 9.9.9 is unknown; Swagger 2.0 and OpenAPI 3.0 to 3.2 can be read",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := lintIn(t, tt.keys, tt.document)
			if err != nil || got != tt.want {
				t.Errorf("got\n%s\n%v\nwant\n%s", got, err, tt.want)
			}
		})
	}
}

// A catalogue for more documents than are used defines buckets and circuits for operations of the
// others too.
func TestLint_NamesOfACatalogue(t *testing.T) {
	const file = `unmatched: allow
operations: {addPet: {idempotency: unsafe}, sellToy: {rate: {also: [toys]}, breaker: {circuit: toys}}}
buckets: {toys: {per-second: 5, burst: 5}, idle: {per-second: 5, burst: 5}}
circuits: {toys: {consecutive: 3}}
`
	dir := project(t, map[string]string{
		"pets.yaml": petstore, "policy.yaml": file, "resgen.yaml": onePackage + "    policy: policy.yaml\n",
	})
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Lint(t.Context(), c)
	const want = "policy.yaml:3:44: warning: bucket idle: no operation uses it; delete it, or name it in an operation"
	if got := r.Diagnostics.Error(); err != nil || got != want {
		t.Errorf("got\n%s\n%v\nwant\n%s", got, err, want)
	}
}

func TestLint_UnknownClient(t *testing.T) {
	dir := project(t, map[string]string{"pets.yaml": petstore, "resgen.yaml": onePackage})
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	c.Only = "pest"
	var unknown *UnknownClientError
	if _, err := Lint(t.Context(), c); !errors.As(err, &unknown) {
		t.Errorf("got %v", err)
	}
}

// What lint calls an error stops generate, check and lint alike.
func TestLint_ErrorsStopGenerate(t *testing.T) {
	const impossible = "operations: {addPet: {timeout: {attempt: 30m}}}\n"
	const idle = "buckets: {idle: {per-second: 5, burst: 5}}\n"
	for _, tt := range []struct{ name, keys, policy, want string }{
		{
			"an error", "", impossible,
			"policy.yaml:1:42: operation addPet: one attempt may take 30m0s, the whole call only 2m0s; lower " +
				"timeout.attempt or raise timeout.overall",
		},
		{"a warning", "", idle, ""},
		{
			"a warning that counts", "strict: true\n", idle,
			"policy.yaml:1:11: bucket idle: no operation uses it; delete it, or name it in an operation",
		},
		{"what only lint looks at", "strict: true\n", "operations: {}\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := project(t, map[string]string{
				"pets.yaml": petstore, "policy.yaml": tt.policy,
				"resgen.yaml": tt.keys + onePackage + "    policy: policy.yaml\n",
			})
			c, err := ReadConfig(dir)
			if err != nil {
				t.Fatal(err)
			}
			linted, err := Lint(t.Context(), c)
			if err != nil || linted.Diagnostics.HasErrors() != (tt.want != "") {
				t.Errorf("lint: %v, %v", linted.Diagnostics, err)
			}
			for name, run := range map[string]func() (*Result, error){
				"generate": func() (*Result, error) { return Generate(t.Context(), c) },
				"check":    func() (*Result, error) { return Check(t.Context(), c) },
			} {
				_, err := run()
				if got := errorText(err); got != tt.want {
					t.Errorf("%s: got %q, want %q", name, got, tt.want)
				}
			}
		})
	}
}

// errorText returns the text of an error. Of findings it returns those that are errors.
func errorText(err error) string {
	var list diag.List
	if errors.As(err, &list) {
		list = slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return d.Severity == diag.Warning })
		return list.Error()
	}
	return errText(err)
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
