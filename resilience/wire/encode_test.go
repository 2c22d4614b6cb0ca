package wire

import "testing"

func TestSmoke(t *testing.T) {
	got, err := EncodeRequest("/l/{sellerId}/{sku}?x=1#y", []Param{
		{Name: "sellerId", In: Path, Required: true}, {Name: "sku", In: Path, Required: true},
		{Name: "m", In: Query, Style: Form}, {Name: "l", In: Query, Explode: true}}, []any{"é/%", "a b", []string{"A,1", "B 2"}, 12})
	if err != nil || got.Target() != "/l/%C3%A9%2F%25/a%20b?x=1&m=A%2C1,B%202&l=12" {
		t.Fatal(got.Target(), err)
	}
}
