package generator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// A server on loopback with a schema, and how often it was asked.
func remote(t *testing.T) (url string, asked *atomic.Int32) {
	asked = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch r.URL.Path {
		case "/pet.yaml":
			_, _ = w.Write([]byte("type: object\nproperties: {remote: {type: string}}\n"))
		case "/moved.yaml":
			http.Redirect(w, r, "/pet.yaml", http.StatusFound)
		case "/large.yaml":
			_, _ = w.Write([]byte(strings.Repeat("#", remoteBytes+1)))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

func TestRemote(t *testing.T) {
	url, asked := remote(t)
	for _, tt := range []struct {
		name, key, file, want string
		requests              int32
	}{
		{"named", "    remote: SERVER/pet.yaml\n", "pet.yaml", "", 1},
		{
			"not named", "", "pet.yaml",
			`pets.yaml:20:17: reference "SERVER/pet.yaml": is remote, and the network is used for no document that was not named; bundle the document, or allow this URL by name`,
			0,
		},
		{
			"another is named", "    remote: [SERVER/pet.yml]\n", "pet.yaml",
			`pets.yaml:20:17: reference "SERVER/pet.yaml": is remote, and the network is used for no document that was not named; bundle the document, or allow this URL by name`,
			0,
		},
		{
			"not there", "    remote: SERVER/nope.yaml\n", "nope.yaml",
			`pets.yaml:20:17: reference "SERVER/nope.yaml": cannot be fetched: the server responds with status 404`,
			1,
		},
		{
			"redirected", "    remote: SERVER/moved.yaml\n", "moved.yaml",
			`pets.yaml:20:17: reference "SERVER/moved.yaml": cannot be fetched: the server redirects to another URL, which remote does not list`,
			1,
		},
		{
			"too large", "    remote: SERVER/large.yaml\n", "large.yaml",
			`pets.yaml:20:17: reference "SERVER/large.yaml": cannot be fetched: it has more than 64 MiB`, 1,
		},
		{
			"no URL", "    remote: pet.yaml\n", "pet.yaml",
			`resgen.yaml:4:13: remote pet.yaml is not an http or https URL; write it in full: https://example.com/common.yaml`,
			0,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked.Store(0)
			document := strings.Replace(
				petstore, "Pet: {type: object, properties: {price: {type: number}}}",
				"Pet: {$ref: '"+url+"/"+tt.file+"'}", 1,
			)
			dir := project(t, map[string]string{
				"pets.yaml": document, "resgen.yaml": onePackage + strings.ReplaceAll(tt.key, "SERVER", url),
			})
			_, err := generate(t, dir)
			want := strings.ReplaceAll(tt.want, "SERVER", url)
			switch {
			case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("got %v\nwant %s", err, want)
			}
			if asked.Load() != tt.requests {
				t.Errorf("the server was asked %d times, want %d", asked.Load(), tt.requests)
			}
			if want == "" && !contains(folder(t, dir)["out/pets/models.gen.go"], "Remote") {
				t.Error("what was fetched is not generated")
			}
		})
	}
}

func TestRemote_NobodyThere(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	if _, err := fetch(t.Context(), server.URL); err == nil || strings.Contains(err.Error(), "Get ") {
		t.Errorf("got %v, want the bare cause", err)
	}
	if _, err := fetch(t.Context(), "http://\x00"); err == nil {
		t.Error("what is no URL is fetched")
	}
}
