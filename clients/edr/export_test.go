package edr

// Rounds is how often a passphrase is hashed.
func (k Key) Rounds() uint32 { return k.rounds }

// Quick returns the key with few rounds, for tests that derive it often.
func (k Key) Quick() Key {
	k.rounds = 100
	return k
}
