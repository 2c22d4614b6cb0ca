package typing_test

import (
	"fmt"
	"testing"

	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"
)

func TestTypes_Secrets(t *testing.T) {
	for property, want := range map[string]bool{
		"p: {type: string, format: password}":      true,
		"p: {type: string, writeOnly: true}":       true,
		"p: {type: object, writeOnly: true}":       true,
		"p: {$ref: '#/components/schemas/Secret'}": true,
		"password: {type: string}":                 true,
		"client_secret: {type: string}":            true,
		"accessToken: {type: string}":              true,
		"Access-Token: {type: string}":             true,
		"token: {type: string}":                    true,
		"apiKey: {type: string}":                   true,
		"token: {type: integer}":                   false,
		"password: {type: boolean}":                false,
		"nextToken: {type: string}":                false,
		"pageToken: {type: string}":                false,
		"passwordRules: {type: string}":            false,
		"key: {type: string}":                      false,
		"p: {type: string}":                        false,
		"p: {type: string, readOnly: true}":        false,
	} {
		a := plantest.MustPlan(t, plantest.Schemas30(fmt.Sprintf(`    A: {properties: {%s}}
    Secret: {type: string, format: password}`, property)))
		if got := a.Types[0].Fields[0].Secret; got != want {
			t.Errorf("%s: secret %t, want %t", property, got, want)
		}
	}
}

// The names of the methods that hide secrets are taken only where there are secrets.
func TestTypes_NamesNextToSecrets(t *testing.T) {
	for property, want := range map[string]string{"password": "StringField", "user": "String"} {
		a, _ := plantest.Planned(t, plantest.Schemas30(
			fmt.Sprintf("    A: {properties: {string: {type: integer}, %s: {type: string}}}", property),
		), plan.Options{}) // with a warning
		if got := a.Types[0].Fields[0].Go; got != want {
			t.Errorf("next to %s: %s, want %s", property, got, want)
		}
	}
}
