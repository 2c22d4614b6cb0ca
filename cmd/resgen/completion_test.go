package main

import "testing"

// Shells complete the names of commands, clients and operations.
func TestCompletion(t *testing.T) {
	dir := project(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"lint", ""}, "pets\nshops\n:4\n"},
		{[]string{"lint", "pets", ""}, "shops\n:4\n"},
		{[]string{"explain", ""}, "pets\nshops\n:4\n"},
		{[]string{"explain", "pets", ""}, "dropPets\nlistPets\naddPet\n:4\n"},
		{[]string{"explain", "pets", "d"}, "dropPets\n:4\n"},
		{[]string{"explain", "pets", "addPet", ""}, ":4\n"},
		{[]string{"explain", "zebra", ""}, ":4\n"},
		{[]string{"generate", "--only", "s"}, "shops\n:4\n"},
		{[]string{"help", "ex"}, "explain\n:4\n"},
	} {
		args := append([]string{"__complete", "-C", dir}, tt.args...)
		if code, out, _ := resgen(t, args...); code != 0 || out != tt.want {
			t.Errorf("%q: exit %d, got %q, want %q", tt.args, code, out, tt.want)
		}
	}
	// Without resgen.yaml there are no names, and no error either.
	empty := t.TempDir()
	for _, args := range [][]string{{"explain", ""}, {"lint", ""}, {"explain", "pets", ""}} {
		code, out, _ := resgen(t, append([]string{"__complete", "-C", empty}, args...)...)
		if code != 0 || out != ":4\n" {
			t.Errorf("%q: exit %d, got %q", args, code, out)
		}
	}
}
