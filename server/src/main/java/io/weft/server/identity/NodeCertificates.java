package io.weft.server.identity;

import io.weft.server.identity.IdentityException.Reason;
import io.weft.server.identity.Records.HostRecord;
import io.weft.server.identity.Records.IssuedRecord;
import io.weft.server.identity.Records.RevokedRecord;
import io.weft.store.Bytes;
import io.weft.store.CommitResult;
import io.weft.store.Compare;
import io.weft.store.Entry;
import io.weft.store.Store;
import io.weft.store.Transaction;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives nodes their certificates and takes them away. Each operation is one transaction on the host's record, so that
 * what is issued on one server cannot slip through a revocation on another.
 */
public final class NodeCertificates {
    private static final int ATTEMPTS = 20;

    private final Store store;
    private final Authority authority;
    private final EnrolmentTokens tokens;
    private final Duration lifetime;
    private final InstantSource clock;

    public NodeCertificates(
            Store store, Authority authority, EnrolmentTokens tokens, Duration lifetime, InstantSource clock) {
        this.store = store;
        this.authority = authority;
        this.tokens = tokens;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /** A certificate and what to trust, both in PEM. */
    public record Issued(String certificate, String ca) {}

    /**
     * Whether {@link #enrol} would accept this token for this host now; uses nothing up.
     *
     * @throws IdentityException when it would not
     */
    public void check(String token, String host) {
        if (!CertificateRequest.isHost(host)) {
            throw new IdentityException(Reason.INVALID, "'" + host + "' is no name of a host");
        }
        requireFree(host, read(host), tokens.check(token, host));
    }

    private static void requireFree(String host, HostState state, EnrolmentTokens.Valid token) {
        if (!state.certificates().isEmpty() && !token.named()) {
            throw new IdentityException(
                    Reason.HOST_ENROLLED,
                    "host " + host + " is enrolled already; to set it up anew, make a token for it by name");
        }
    }

    /**
     * Certifies a new node and uses its token up. A token made for the host by name replaces what the host had before:
     * older certificates are revoked, since its machine was set up anew.
     *
     * @throws IdentityException when the token or the request is refused
     */
    public Issued enrol(String token, String host, String csr) {
        CertificateRequest request = CertificateRequest.parse(host, csr);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            EnrolmentTokens.Valid valid = tokens.check(token, host);
            HostState state = read(host);
            requireFree(host, state, valid);
            X509Certificate certificate = authority.issueNode(host, request.publicKey(), lifetime);
            Transaction.Builder transaction = Transaction.builder();
            valid.entry()
                    .ifPresent(entry ->
                            transaction.require(Compare.unchanged(entry)).delete(entry.key()));
            revoke(transaction, host, state);
            state.replace(transaction, host, List.of(recordOf(certificate)));
            if (store.commit(transaction.build()) instanceof CommitResult.Committed) {
                return new Issued(Pem.of(certificate), Pem.of(authority.certificate()));
            }
        }
        throw conflict(host);
    }

    /**
     * Certifies a node once more. The certificate that it showed stays valid until its end.
     *
     * @param shown the certificate that the node showed
     * @throws IdentityException {@link Reason#CERTIFICATE_REFUSED} when it was revoked
     */
    public Issued renew(X509Certificate shown, String csr) {
        String host = hostOf(shown);
        CertificateRequest request = CertificateRequest.parse(host, csr);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            HostState state = read(host);
            if (state.certificates().stream()
                    .noneMatch(issued -> issued.serial().equals(serialOf(shown)))) {
                throw new IdentityException(Reason.CERTIFICATE_REFUSED, "the certificate was revoked");
            }
            X509Certificate certificate = authority.issueNode(host, request.publicKey(), lifetime);
            List<IssuedRecord> certificates = new ArrayList<>(state.certificates());
            certificates.add(recordOf(certificate));
            Transaction.Builder transaction = Transaction.builder();
            state.replace(transaction, host, certificates);
            if (store.commit(transaction.build()) instanceof CommitResult.Committed) {
                return new Issued(Pem.of(certificate), Pem.of(authority.certificate()));
            }
        }
        throw conflict(host);
    }

    /** Revokes every certificate of a host; nothing happens when it has none. */
    public int revoke(String host) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            HostState state = read(host);
            if (state.entry().isEmpty()) {
                return 0;
            }
            Transaction.Builder transaction = Transaction.builder();
            revoke(transaction, host, state);
            state.entry()
                    .ifPresent(entry ->
                            transaction.require(Compare.unchanged(entry)).delete(entry.key()));
            if (store.commit(transaction.build()) instanceof CommitResult.Committed) {
                return state.certificates().size();
            }
        }
        throw conflict(host);
    }

    /** The name of the host that a certificate is for. */
    public static String hostOf(X509Certificate certificate) {
        String name = certificate.getSubjectX500Principal().getName();
        return name.startsWith("CN=") ? name.substring(3) : "";
    }

    static String serialOf(X509Certificate certificate) {
        return text(certificate.getSerialNumber());
    }

    private static String text(BigInteger serial) {
        return serial.toString(16);
    }

    private static IssuedRecord recordOf(X509Certificate certificate) {
        return new IssuedRecord(serialOf(certificate), certificate.getNotAfter().toInstant());
    }

    private static void revoke(Transaction.Builder transaction, String host, HostState state) {
        for (IssuedRecord issued : state.certificates()) {
            transaction.put(
                    Records.REVOKED + issued.serial(), Records.encode(new RevokedRecord(host, issued.notAfter())));
        }
    }

    private HostState read(String host) {
        Instant now = clock.instant();
        Optional<Entry> entry = store.get(Records.HOSTS + host);
        List<IssuedRecord> certificates = entry.map(
                        found -> Records.decode(found.value(), HostRecord.class).certificates())
                .orElse(List.of());
        return new HostState(
                entry,
                certificates.stream()
                        .filter(issued -> issued.notAfter().isAfter(now))
                        .toList());
    }

    /** A host's record as it was read, without certificates whose time is over. */
    private record HostState(Optional<Entry> entry, List<IssuedRecord> certificates) {
        void replace(Transaction.Builder transaction, String host, List<IssuedRecord> now) {
            Bytes value = Records.encode(new HostRecord(now));
            entry.ifPresentOrElse(
                    found -> transaction.replace(found, value), () -> transaction.create(Records.HOSTS + host, value));
        }
    }

    private static IdentityException conflict(String host) {
        return new IdentityException(Reason.CONFLICT, "the certificates of host " + host + " change all the time");
    }
}
