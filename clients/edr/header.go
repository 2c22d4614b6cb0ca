package edr

// This file encodes the header of a sealed session.

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrCorrupt means that a stored session is damaged, or was not written by this package.
var ErrCorrupt = errors.New("the stored session is damaged; delete it and sign in again")

// ErrWeakSeal means that the header of a stored session demands less work for deriving the key than
// this package ever used. Nothing was derived.
var ErrWeakSeal = errors.New(
	"the stored session claims weak parameters for its key, which this program never wrote; " +
		"delete it and sign in again",
)

// A kdf is how the key is derived from what the user has.
type kdf byte

const (
	kdfNone     kdf = iota // the key itself
	kdfPBKDF2              // a passphrase, in version 1
	kdfArgon2id            // a passphrase
)

// A cost is the work for deriving a key: the parameters of Argon2id, or the rounds of PBKDF2.
type cost struct {
	passes uint32
	memory uint32 // KiB
	lanes  uint8
}

// present is the cost of new sessions: the second recommended option of RFC 9106, section 4. It is
// also the least that is accepted.
var present = cost{passes: 3, memory: 64 << 10, lanes: 4}

// greatest is the most that is accepted, because a header is read before it is authenticated.
var greatest = cost{passes: 16, memory: 256 << 10, lanes: 16}

// Rounds of PBKDF2 that are accepted in version 1, which always wrote the first.
const (
	leastRounds = 600_000
	mostRounds  = 10_000_000
)

// The format of a sealed session: magic, version, parameters, nonce, ciphertext, and a checksum of
// all of them. The cipher authenticates everything before the nonce. The checksum distinguishes
// damage from a wrong key, which the cipher alone cannot.
//
// The parameters are the kdf, its passes, memory and lanes, the salt, the id of the key and the
// owner. In version 1 they were the rounds of PBKDF2 (0: no passphrase) and the salt.
const (
	magic       = "edr-session"
	sealVersion = 2
	saltBytes   = 16
	idBytes     = 8
	ownerBytes  = 16
	prefixBytes = len(magic) + 1
)

// parameterBytes is the length of the parameters by version.
var parameterBytes = [sealVersion + 1]int{1: 4 + saltBytes, 2: 1 + 4 + 4 + 1 + saltBytes + idBytes + ownerBytes}

// An owner identifies the account of a session. The zero owner is any account.
type owner [ownerBytes]byte

// ownerOf returns the owner for an account.
func ownerOf(account string) (o owner) {
	sum := sha256.Sum256([]byte("edr account " + account))
	copy(o[:], sum[:])
	return o
}

// A header describes how a session is sealed.
type header struct {
	version byte
	kdf     kdf
	cost    cost
	salt    [saltBytes]byte
	id      [idBytes]byte // of the key; not in version 1
	owner   owner         // not in version 1
}

// append appends the header in the present version.
func (h header) append(b []byte) []byte {
	b = append(append(b, magic...), sealVersion, byte(h.kdf))
	b = binary.BigEndian.AppendUint32(b, h.cost.passes)
	b = binary.BigEndian.AppendUint32(b, h.cost.memory)
	b = append(append(b, h.cost.lanes), h.salt[:]...)
	return append(append(b, h.id[:]...), h.owner[:]...)
}

// A sealed is a parsed session.
type sealed struct {
	header header
	head   []byte // the bytes of the header, which the cipher authenticates
	rest   []byte // nonce and ciphertext
}

// parse verifies the checksum and the limits of the parameters. Errors: [ErrCorrupt],
// [ErrWeakSeal], errNewerStored.
func parse(data []byte) (sealed, error) {
	end := len(data) - sha256.Size
	if end < prefixBytes || string(data[:len(magic)]) != magic {
		return sealed{}, ErrCorrupt
	}
	if sum := sha256.Sum256(data[:end]); !bytes.Equal(sum[:], data[end:]) {
		return sealed{}, ErrCorrupt
	}
	version := data[len(magic)]
	if version > sealVersion {
		return sealed{}, fmt.Errorf(
			"the stored session has version %d, and this program knows %d: %w", version, sealVersion, errNewerStored,
		)
	}
	size := prefixBytes + parameterBytes[version]
	if version == 0 || end < size {
		return sealed{}, ErrCorrupt
	}
	h := readHeader(version, data[prefixBytes:size])
	return sealed{header: h, head: data[:size], rest: data[size:end]}, h.check()
}

// readHeader reads the parameters, which have the length of their version.
func readHeader(version byte, b []byte) header {
	h := header{version: version}
	if version == 1 {
		if h.cost.passes = binary.BigEndian.Uint32(b); h.cost.passes > 0 {
			h.kdf = kdfPBKDF2
		}
		copy(h.salt[:], b[4:])
		return h
	}
	h.kdf = kdf(b[0])
	h.cost = cost{
		passes: binary.BigEndian.Uint32(b[1:]), memory: binary.BigEndian.Uint32(b[5:]), lanes: b[9],
	}
	b = b[10:]
	copy(h.salt[:], b)
	copy(h.id[:], b[saltBytes:])
	copy(h.owner[:], b[saltBytes+idBytes:])
	return h
}

// check returns an error if deriving the key would take less work than was ever used, or too much.
func (h header) check() error {
	switch c := h.cost; {
	case h.kdf == kdfNone && c == cost{}:
		return nil
	case h.kdf == kdfPBKDF2 && h.version == 1:
		return within(c.passes >= leastRounds, c.passes <= mostRounds)
	case h.kdf == kdfArgon2id && h.version > 1:
		return within(
			c.passes >= present.passes && c.memory >= present.memory && c.lanes > 0,
			c.passes <= greatest.passes && c.memory <= greatest.memory && c.lanes <= greatest.lanes,
		)
	}
	return ErrCorrupt
}

func within(strong, cheap bool) error {
	switch {
	case !strong:
		return ErrWeakSeal
	case !cheap:
		return ErrCorrupt
	}
	return nil
}
