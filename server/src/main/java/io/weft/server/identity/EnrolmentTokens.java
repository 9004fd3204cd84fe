package io.weft.server.identity;

import io.weft.server.identity.IdentityException.Reason;
import io.weft.server.identity.Records.TokenRecord;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Store;
import io.weft.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One-time tokens, {@code ID.SECRET.AUTHORITY}: which one, what proves it, and the fingerprint by which the new node
 * knows the installation's authority before it trusts anything. The store has the secret's digest only.
 */
public final class EnrolmentTokens {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Store store;
    private final Authority authority;
    private final InstantSource clock;
    private final Optional<NodeWitness> witness;

    public EnrolmentTokens(Store store, Authority authority, InstantSource clock) {
        this(store, authority, clock, Optional.empty());
    }

    /** @param witness whose word counts as much as a token for one host */
    public EnrolmentTokens(Store store, Authority authority, InstantSource clock, Optional<NodeWitness> witness) {
        this.store = store;
        this.authority = authority;
        this.clock = clock;
        this.witness = witness;
    }

    /**
     * A new token.
     *
     * @param text what the operator hands to the new node; it cannot be read again
     * @param expiresAt when it stops working
     */
    public record Issued(String text, Instant expiresAt) {
        @Override
        public String toString() {
            return "(token until " + expiresAt + ")";
        }
    }

    /**
     * Makes a token.
     *
     * @param host the only host that may use it; without one, any host that has no certificate yet
     * @param lifetime how long it works, at least a second
     * @throws IdentityException {@link Reason#INVALID} for a name that no host can have
     */
    public Issued create(Optional<String> host, Duration lifetime) {
        host.filter(name -> !CertificateRequest.isHost(name)).ifPresent(name -> {
            throw new IdentityException(Reason.INVALID, "'" + name + "' is no name of a host");
        });
        if (lifetime.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IdentityException(Reason.INVALID, "a token must live for a second at least");
        }
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        String id = HexFormat.of().formatHex(random, 0, 8);
        String secret =
                Base64.getUrlEncoder().withoutPadding().encodeToString(random).substring(11);
        Instant expiresAt = clock.instant().plus(lifetime);
        Transaction.Builder transaction = Transaction.builder()
                .create(
                        Records.TOKENS + id,
                        Records.encode(new TokenRecord(digest(secret), host.orElse(""), expiresAt)));
        expired().forEach(transaction::delete);
        store.commit(transaction.build());
        return new Issued(id + "." + secret + "." + authority.fingerprint(), expiresAt);
    }

    /**
     * The stored token that a text stands for; it is used up by deleting its key under the condition that it is
     * unchanged. A JSON Web Token, which has three parts of its own, is shown to the witness.
     *
     * @throws IdentityException {@link Reason#TOKEN_REFUSED}, {@link Reason#TOKEN_EXPIRED}, {@link Reason#WITNESS}
     */
    Valid check(String text, String host) {
        String[] parts = text.strip().split("\\.", -1);
        if (parts.length == 4 && witness.isPresent()) {
            String proof = String.join(".", parts[0], parts[1], parts[2]);
            if (!witness.get().hostOf(proof).equals(Optional.of(host))) {
                throw refused();
            }
            return new Valid(Optional.empty(), true);
        }
        if (parts.length != 3 || !parts[0].matches("[0-9a-f]{16}")) {
            throw refused();
        }
        Entry entry = store.get(Records.TOKENS + parts[0]).orElseThrow(EnrolmentTokens::refused);
        TokenRecord token = Records.decode(entry.value(), TokenRecord.class);
        if (!MessageDigest.isEqual(
                token.digest().getBytes(StandardCharsets.US_ASCII),
                digest(parts[1]).getBytes(StandardCharsets.US_ASCII))) {
            throw refused();
        }
        if (!token.host().isEmpty() && !token.host().equals(host)) {
            throw refused();
        }
        if (!clock.instant().isBefore(token.expiresAt())) {
            throw new IdentityException(Reason.TOKEN_EXPIRED, "the token expired at " + token.expiresAt());
        }
        return new Valid(Optional.of(entry), !token.host().isEmpty());
    }

    /**
     * A token that may be used now.
     *
     * @param entry where it lies; nothing is used up when it is a witness's word
     * @param named whether it was made for the host by name
     */
    record Valid(Optional<Entry> entry, boolean named) {}

    private Iterable<String> expired() {
        Instant now = clock.instant();
        return store.range(KeyRange.prefix(Records.TOKENS), 0, 1000).entries().stream()
                .filter(entry -> Records.decode(entry.value(), TokenRecord.class)
                        .expiresAt()
                        .isBefore(now))
                .map(Entry::key)
                .toList();
    }

    static IdentityException refused() {
        return new IdentityException(Reason.TOKEN_REFUSED, "the token is unknown, was used, or is for another host");
    }

    private static String digest(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
