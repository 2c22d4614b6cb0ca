package edr

// Rounds returns the number of hash rounds for a passphrase.
func (k Key) Rounds() uint32 { return k.secret.rounds }

// Quick returns the key with few rounds, for tests that derive it often.
func (k Key) Quick() Key {
	k.secret.rounds = 100
	return k
}
