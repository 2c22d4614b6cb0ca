package resgen_test

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/documents"
	edrapi "github.com/resgen/resgen/generated/edr"
	"github.com/resgen/resgen/generated/spapi/tokens"
	"github.com/resgen/resgen/internal/secretcheck"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// notSecret lists ends of paths that look like secrets but are not, with the reason.
var notSecret = map[string]string{
	"wire.Encoded.Cookie": "the encoded parameters of one request, which nothing keeps",
	"Cursor.token":        "the place of a walk over pages, which its caller keeps",
}

// No exported type of the runtime and the clients prints a secret, in any kind of holder. The test
// compiles a program that has all types, because reflection cannot list them.
func TestSecrets_NoTypePrintsThem(t *testing.T) {
	var program, imports strings.Builder
	types := 0
	for i, p := range list(t, module+"clients/...", module+"resilience/...") {
		names := exportedTypes(t, p)
		if len(names) == 0 || strings.Contains(p.ImportPath, "/internal/") || strings.HasSuffix(p.ImportPath, "test") {
			continue // fakes have no secrets
		}
		alias := fmt.Sprintf("p%d", i)
		fmt.Fprintf(&imports, "\t%s %q\n", alias, p.ImportPath)
		for _, name := range names {
			types++
			fmt.Fprintf(&program, "\tcheck(%q, secretcheck.Type[%s.%s]())\n",
				path.Base(p.ImportPath)+"."+strings.SplitN(name, "[", 2)[0], alias, name)
		}
	}
	if types < 100 {
		t.Fatalf("%d exported types, want those of the whole project", types)
	}
	source := fmt.Sprintf("package main\n\nimport (\n\t\"fmt\"\n\n\t%q\n%s)\n\nfunc main() {\n%s}\n\n%s",
		module+"internal/secretcheck", imports.String(), program.String(),
		"func check(name string, leaks map[string][]string) {\n\tfor path, ways := range leaks {\n"+
			"\t\tfmt.Printf(\"%s%s %v\\n\", name, path, ways[:min(len(ways), 8)])\n\t}\n}\n")
	leaks := map[string]string{} // by field
	for line := range strings.Lines(runProgram(t, source)) {
		name, leak, _ := strings.Cut(strings.TrimSpace(line), " ")
		leaks[name] = leak
	}
	used := map[string]bool{}
	for name, ways := range leaks {
		known := false
		for end := range notSecret {
			if strings.HasSuffix(name, end) {
				known, used[end] = true, true
			}
		}
		if !known {
			t.Errorf("%s is printed: %s", name, ways)
		}
	}
	for end := range notSecret {
		if !used[end] {
			t.Errorf("notSecret lists %s, which no type prints", end)
		}
	}
}

// Values that have secrets inside closures and caches print none either.
func TestSecrets_NoValuePrintsThem(t *testing.T) {
	secret := auth.NewSecret(secretcheck.Marker)
	endpoint := auth.Endpoint{URL: "https://login.test", ClientID: "id", ClientSecret: secret}
	token := auth.TokenSource(func(context.Context) (string, time.Time, error) {
		return secretcheck.Marker, time.Time{}, nil
	})
	if got, err := token.Secret(t.Context(), struct{}{}); err != nil || got != secretcheck.Marker {
		t.Fatalf("%q, %v", got, err)
	}
	static, basic := auth.Key(secretcheck.Marker), auth.Basic("user", secretcheck.Marker)
	header := resilience.WithHeader("Authorization", secretcheck.Marker)
	location := documents.Location{URL: auth.NewSecret("https://storage.test/?" + secretcheck.Marker)}
	for name, leaks := range map[string][]string{
		"token":             secretcheck.Value(&token),
		"key":               secretcheck.Value(&static),
		"basic":             secretcheck.Value(&basic),
		"option":            secretcheck.Value(&header),
		"location":          secretcheck.Value(&location),
		"endpoint":          secretcheck.Value(&endpoint),
		"refresh token":     valueOf(auth.RefreshToken(endpoint, secretcheck.Marker, nil)),
		"client":            valueOf(auth.ClientCredentials(endpoint, nil)),
		"selling partner":   sellingPartner(t, secret),
		"Crossmark":         crossmarkClient(t, secret),
		"EDR":               edrClient(t, secret),
		"stored session":    storedSession(t),
		"encrypted session": encryptedSession(t),
	} {
		if len(leaks) > 0 {
			t.Errorf("%s is printed: %s", name, strings.Join(leaks, "; "))
		}
	}
}

// Generated structs with a secret hide it from fmt and slog.
func TestSecrets_GeneratedStructsHideThem(t *testing.T) {
	secret := secretcheck.Marker
	for _, v := range []any{
		edrapi.PasswordRequest{Username: "user", Password: secret}, &edrapi.PasswordRequest{Password: secret},
		[]any{tokens.CreateRestrictedDataTokenResponse{RestrictedDataToken: &secret}},
	} {
		var logged strings.Builder
		slog.New(slog.NewTextHandler(&logged, nil)).Info("", "v", v)
		if _, nested := v.([]any); !nested {
			slog.New(slog.NewJSONHandler(&logged, nil)).Info("", "v", v)
		}
		got := fmt.Sprintf("%v %+v %s %q", v, v, v, v) + logged.String()
		if strings.Contains(got, secret) || !strings.Contains(got, "[redacted]") {
			t.Errorf("%T prints %s", v, got)
		}
	}
}

func valueOf[T any](v T) []string { return secretcheck.Value(&v) }

func sellingPartner(t *testing.T, secret auth.Secret) []string {
	t.Helper()
	config := spapi.Config{
		LWA:         spapi.LWA{ClientID: "id", ClientSecret: secret, RefreshToken: secret},
		Application: "Test", Version: "1", Region: spapi.Europe,
	}
	account, err := spapi.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer account.Close()
	return slices.Concat(valueOf(config), valueOf(account), valueOf(account.Options()), valueOf(account.Credential()))
}

func crossmarkClient(t *testing.T, secret auth.Secret) []string {
	t.Helper()
	config := crossmark.Config{UserID: "user", Password: secret}
	client, err := crossmark.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	return slices.Concat(valueOf(config), valueOf(client), valueOf(client.Options()), valueOf(client.API()))
}

func edrClient(t *testing.T, secret auth.Secret) []string {
	t.Helper()
	key, err := edr.Passphrase(strings.Repeat(secretcheck.Marker, 3))
	if err != nil {
		t.Fatal(err)
	}
	config := edr.Config{
		Username: "user", Password: secret, CredentialID: secret, BotToken: secret,
		File: filepath.Join(t.TempDir(), "session"), Key: key,
	}
	client, err := edr.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	return slices.Concat(valueOf(config), valueOf(key), valueOf(client), valueOf(client.API()))
}

func storedSession(t *testing.T) []string {
	t.Helper()
	var memory edr.Memory
	if err := memory.Save(t.Context(), []byte(secretcheck.Marker)); err != nil {
		t.Fatal(err)
	}
	return secretcheck.Value(&memory)
}

func encryptedSession(t *testing.T) []string {
	t.Helper()
	key, err := edr.NewKey([]byte(strings.Repeat(secretcheck.Marker, 6))[:32])
	if err != nil {
		t.Fatal(err)
	}
	store := edr.Encrypted(&edr.Memory{}, key.WithOld(key))
	if err := store.Save(t.Context(), []byte(secretcheck.Marker)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return slices.Concat(valueOf(key), valueOf(store), valueOf(edr.NewFile("session", key)))
}

// exportedTypes returns the exported types of a package that can have values, generic ones with
// string for each parameter.
func exportedTypes(t *testing.T, p goPackage) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			declared, ok := d.(*ast.GenDecl)
			if !ok || declared.Tok != token.TYPE {
				continue
			}
			for _, s := range declared.Specs {
				if name := instance(s.(*ast.TypeSpec)); name != "" && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

// instance returns an instance of a type, or "" for an interface and a type that is not exported.
func instance(s *ast.TypeSpec) string {
	if _, is := s.Type.(*ast.InterfaceType); is || !s.Name.IsExported() {
		return ""
	}
	if s.TypeParams.NumFields() == 0 {
		return s.Name.Name
	}
	return s.Name.Name + "[" + strings.TrimSuffix(strings.Repeat("string, ", s.TypeParams.NumFields()), ", ") + "]"
}

// runProgram runs a program within the root module, without writing to its folder, and returns what
// it prints.
func runProgram(t *testing.T, source string) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	file, overlay := filepath.Join(t.TempDir(), "main.go"), filepath.Join(t.TempDir(), "overlay.json")
	replaced, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(root, "internal", "secretcheck", "all", "main.go"): file,
	}})
	if err != nil {
		t.Fatal(err)
	}
	for path, data := range map[string][]byte{file: []byte(source), overlay: replaced} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("go", "run", "-overlay", overlay, "./internal/secretcheck/all").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}
