package lint

import "testing"

func TestProposals(t *testing.T) {
	for _, tt := range []struct{ name, data, want string }{
		{"nothing", "", ""},
		{"no comment", "operations:\n  addPet:\n    idempotency: keyed\n", ""},
		{
			"one", "operations:\n  # addPet:\n  #   idempotency: keyed   # why: a key\n",
			"policy.yaml:3:3: warning: policy: a proposed idempotency class is a comment and has no effect; " +
				"uncomment what is right, and delete the rest",
		},
		{
			"two, the first without a reason and the last without an end of line",
			"# idempotency: \"safe\"\r\n#   idempotency: keyed # x\r\n# # idempotency: unsafe",
			"policy.yaml:1:1: warning: policy: 3 proposed idempotency classes are comments and have no effect; " +
				"uncomment what is right, and delete the rest",
		},
		{"a word that is no class", "# idempotency: wanted\n", ""},
		{"a sentence", "# idempotency: safe is what it should be\n", ""},
		{"a comment after a value", "a: 1 # idempotency: safe\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if list := Proposals("policy.yaml", []byte(tt.data)); list != nil {
				got = list.Error()
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
