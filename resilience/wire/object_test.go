package wire

import "testing"

func TestObject_RoundTrip(t *testing.T) {
	rows := []struct{ data, want string }{
		{`{"name":"n"}`, `{"name":"n"}`},
		{`{"z":1,"name":"n","a":2,"o\"d,d":5}`, `{"name":"n","o\"d,d":5,"a":2,"z":1}`},
		{`{"Name":3,"NAME":4,"name":"n"}`, `{"name":"n","NAME":4,"Name":3}`},
		{`{}`, `{}`},
		{`{"":1,"<":2}`, `{"":1,"<":2}`},
	}
	for _, row := range rows {
		var o open
		if err := Unmarshal([]byte(row.data), &o); err != nil {
			t.Fatal(err)
		}
		if got, err := Marshal(o); err != nil || string(got) != row.want {
			t.Errorf("%s: got %s, %v, want %s", row.data, got, err, row.want)
		}
	}
}
