package edr_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/resilience/auth"
)

func TestNew_ReportsAllErrors(t *testing.T) {
	_, err := edr.New(
		edr.Config{BaseURLs: edr.BaseURLs{Login: "login", Portal: "ftp://portal", EventManagement: "https://"}},
	)
	for _, part := range []string{
		"Username", "Password", "CredentialID", "Store", "BaseURLs.Login", "BaseURLs.Portal",
		"BaseURLs.EventManagement",
	} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s is not named in %v", part, err)
		}
	}
	config := edr.Config{
		Username:     "u",
		Password:     auth.NewSecret("p"),
		CredentialID: auth.NewSecret("c"),
		Store:        &edr.Memory{},
	}
	if _, err := edr.New(config); err != nil {
		t.Errorf("the real hosts need no URL: %v", err)
	}
}

func TestConfig_PrintsNoSecrets(t *testing.T) {
	c := edr.Config{
		Username:     "the-user",
		Password:     auth.NewSecret("the-password"),
		CredentialID: auth.NewSecret("the-credential"),
		BotToken:     auth.NewSecret("the-bot-token"),
		Key:          passphrase(t, "the-passphrase"),
	}
	data, err := json.Marshal(c)
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s", c, c, c, c), fmt.Sprint(&c), string(data)} {
		if strings.Contains(text, "the-") || err != nil {
			t.Errorf("%s, %v", text, err)
		}
	}
}

func TestClient_PrintsTheAccountOnly(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			if got := fmt.Sprintf(verb, w.client); got != "EDR account demo" {
				t.Errorf("%s prints %s", verb, got)
			}
		}
	})
}

// Without a store or a file, the session is kept in the user's configuration folder, one file per
// account.
func TestNew_DefaultFile(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("HOME", home)
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		for _, account := range []string{"one/two", ""} {
			c := w.config()
			c.Store, c.Key, c.Account = nil, key(t, 1), account
			client := open(t, c)
			if err := client.RequestCode(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := client.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
	config, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	list, err := filepath.Glob(filepath.Join(config, "resgen", "edr-*.session"))
	var names []string
	for _, file := range list {
		names = append(names, filepath.Base(file))
	}
	hash := "edr-" + auth.Fingerprint(edrtest.Username, edrtest.CredentialID) + ".session"
	if err != nil || len(names) != 2 || !slices.Contains(names, hash) ||
		!slices.Contains(names, "edr-one%2Ftwo.session") {
		t.Errorf("%v, %v", list, err)
	}
	if info, err := os.Stat(filepath.Join(config, "resgen")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info, err)
	}
}

// Headers that identify the page follow the configured hosts. A token for automated clients is sent
// with the password only.
func TestClient_Headers(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		seen := map[string]string{}
		config := w.config()
		config.BotToken = auth.NewSecret("bot-token")
		config.Transport = roundTripper(func(r requestOf) {
			seen[r.path] = strings.Join([]string{r.origin, r.referer, r.bot}, " ")
		}, w.transport)
		c := open(t, config)
		if err := c.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.Complete(t.Context(), w.server.Code()); err != nil {
			t.Fatal(err)
		}
		calls(t, c)
		portal := "http://portal.edr.test"
		for path, want := range map[string]string{
			"/login":            "  ",
			"/api/login":        "http://login.edr.test http://login.edr.test/login bot-token",
			"/api/mfa/sendCode": "  ",
			"/rl_portal/":       "  ",
			"/EventManagement/": "  ",
			"/rl_portal_services/api/Site/InsertRlPageDetails": " " + portal + "/rl_portal/ ",
			"/EventManagement/api/authenticate":                " " + portal + "/EventManagement/ ",
			"/EventManagement/api/edrReport":                   " " + portal + "/EventManagement/browse-event ",
			"/EventManagement/api/browse-event/browse-data": portal + " " + portal +
				"/EventManagement/browse-event ",
			"/EventManagement/api/store-event/daily-schedule-report": " " + portal +
				"/EventManagement/daily-scheduled-report ",
			"/EventManagement/api/club-details": " " + portal + "/EventManagement/club-details ",
		} {
			if got, ok := seen[path]; !ok || got != want {
				t.Errorf("%s: %q, want %q", path, got, want)
			}
		}
		w.refusals(t)
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
}
