package command_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/resgen/resgen/examples/internal/command"
)

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name       string
		args       []string
		result     error
		wantStatus int
		wantRun    bool
		want       string
	}{
		{"success", []string{"--size", "3"}, nil, 0, true, ""},
		{"failure", nil, errors.New("no shop"), 1, true, "shop: no shop\n"},
		{"usage", []string{"--size", "x"}, nil, 2, false,
			`shop: invalid argument "x" for "--size" flag: strconv.ParseInt: parsing "x": invalid syntax` + "\n"},
		{"help", []string{"--help"}, nil, 0, false,
			"usage: shop\nflags:\n      --size int   of the shop\n      --age int    of the shop\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stderr bytes.Buffer
			set := command.Flags("shop", "usage: shop\n", &stderr)
			set.Int("size", 0, "of the shop")
			set.Int("age", 0, "of the shop")
			ran := false
			status := command.Run("shop", &stderr, set.Parse(tt.args), func() error {
				ran = true
				return tt.result
			})
			if status != tt.wantStatus || ran != tt.wantRun || stderr.String() != tt.want {
				t.Errorf("status %d, ran %t, %q", status, ran, stderr.String())
			}
		})
	}
}
