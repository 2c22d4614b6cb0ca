package lossless

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

type Base struct {
	ID int `json:"id"`
}

type Extra struct{ X, Y int }

type Code int

type derived struct {
	Base
	*Extra
	Code       `json:",omitzero"`
	*time.Time `json:"tagged time,omitzero"`
	Plain      string
	Tagged     string `json:"tagged,omitempty"`
	//lint:ignore SA5008 a member named "-" is tested here
	Dash   string `json:"-,"`
	Gone   string `json:"-"`
	hidden string
	List   []int `json:"list,omitempty"`
	//lint:ignore SA5008 options that do not apply are ignored
	Map  map[string]int `json:"map,omitzero,string"`
	Nest Base           `json:",omitempty"`
	When *time.Time     `json:"when,omitzero"`
	Text time.Time      `json:"text,omitzero"`
	Flag bool           `json:"flag,omitempty"`
}

func TestFields(t *testing.T) {
	text := time.Unix(0, 0)
	rows := []struct {
		d    derived
		want string
	}{
		{derived{hidden: "x", List: []int{}}, "id Plain - Nest"},
		{derived{Extra: &Extra{}, Code: 1, Time: &text, List: []int{0}, Map: map[string]int{}, When: &time.Time{},
			Text: text, Flag: true, Tagged: "x"}, "id X Y Code tagged time Plain tagged - list map Nest text flag"},
		{derived{When: &text}, "id Plain - Nest when"},
	}
	for _, row := range rows {
		var got []string
		v := reflect.ValueOf(row.d)
		for range 2 {
			got = nil
			for _, f := range Fields(v.Type()) {
				if _, ok := f.In(v); ok {
					got = append(got, f.Name)
				}
			}
		}
		if strings.Join(got, " ") != row.want {
			t.Errorf("%+v: got %q, want %q", row.d, got, row.want)
		}
	}
}
