package io.weft.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.server.identity.IdentityException.Reason;
import io.weft.store.disk.FakeDisk;
import io.weft.store.embedded.EmbeddedStore;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeCertificatesTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final EmbeddedStore store = EmbeddedStore.open(new FakeDisk(), EmbeddedStore.Options.STANDARD);
    private final KeyPair pair = Requests.newKeyPair();
    private MasterKey masterKey;
    private Authority authority;
    private EnrolmentTokens tokens;
    private NodeCertificates certificates;
    private Revocations revocations;

    @BeforeEach
    void open() {
        masterKey = MasterKey.readOrCreate(directory.resolve("master.key"));
        authority = Authority.open(store, masterKey, now::get);
        tokens = new EnrolmentTokens(store, authority, now::get);
        certificates = new NodeCertificates(store, authority, tokens, Duration.ofDays(7), now::get);
        revocations = Revocations.open(store, now.get());
    }

    @AfterEach
    void close() {
        revocations.close();
        store.close();
    }

    @Test
    void aTokenGivesOneCertificateOfTheHostsName() throws Exception {
        String token = tokens.create(Optional.empty(), HOUR).text();
        X509Certificate certificate = enrol(token, "one");
        certificate.verify(authority.certificate().getPublicKey());
        assertThat(NodeCertificates.hostOf(certificate)).isEqualTo("one");
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(certificate.getPublicKey()).isEqualTo(pair.getPublic());
        refused(Reason.TOKEN_REFUSED, () -> enrol(token, "two"));
    }

    @Test
    void aTokenNamesTheAuthority() {
        String token = tokens.create(Optional.empty(), HOUR).text();
        assertThat(token).endsWith("." + authority.fingerprint());
        assertThat(authority.fingerprint()).hasSize(43);
    }

    @Test
    void aWitnessSpeaksForOneHostAndItsCertificatesAreReplaced() throws Exception {
        EnrolmentTokens witnessed = new EnrolmentTokens(
                store,
                authority,
                now::get,
                Optional.of(proof -> proof.equals("a.b.c") ? Optional.of("one") : Optional.empty()));
        certificates = new NodeCertificates(store, authority, witnessed, Duration.ofDays(7), now::get);
        X509Certificate first = enrol("a.b.c." + authority.fingerprint(), "one");
        X509Certificate second = enrol("a.b.c." + authority.fingerprint(), "one");
        assertThat(NodeCertificates.hostOf(second)).isEqualTo("one");
        refused(Reason.CERTIFICATE_REFUSED, () -> certificates.renew(first, Requests.csr("one", pair)));
        refused(Reason.TOKEN_REFUSED, () -> enrol("a.b.c." + authority.fingerprint(), "two"));
        refused(Reason.TOKEN_REFUSED, () -> enrol("a.b.d." + authority.fingerprint(), "one"));
    }

    @Test
    void withoutAWitnessAWebTokenIsNoToken() {
        refused(Reason.TOKEN_REFUSED, () -> enrol("a.b.c." + authority.fingerprint(), "one"));
    }

    @Test
    void aTokenExpires() {
        String token = tokens.create(Optional.empty(), HOUR).text();
        now.updateAndGet(then -> then.plus(HOUR));
        refused(Reason.TOKEN_EXPIRED, () -> enrol(token, "one"));
    }

    @Test
    void aTokenForAHostIsForNoOther() {
        String token = tokens.create(Optional.of("one"), HOUR).text();
        refused(Reason.TOKEN_REFUSED, () -> enrol(token, "two"));
        assertThat(NodeCertificates.hostOf(enrol(token, "one"))).isEqualTo("one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0123456789abcdef.x.y", "../../authority.x.y", "a.b.c.d", "\0"})
    void textsThatAreNoTokenAreRefused(String text) {
        refused(Reason.TOKEN_REFUSED, () -> enrol(text, "one"));
    }

    @Test
    void aRightIdWithAWrongSecretIsRefusedAndKeepsTheTokenGood() {
        String token = tokens.create(Optional.empty(), HOUR).text();
        String[] parts = token.split("\\.");
        refused(Reason.TOKEN_REFUSED, () -> enrol(parts[0] + ".wrong." + parts[2], "one"));
        assertThat(enrol(token, "one")).isNotNull();
    }

    @Test
    void onlyATokenByNameReplacesAHostThatIsEnrolled() {
        X509Certificate first = enrol(tokens.create(Optional.empty(), HOUR).text(), "one");
        refused(
                Reason.HOST_ENROLLED,
                () -> enrol(tokens.create(Optional.empty(), HOUR).text(), "one"));
        X509Certificate second = enrol(tokens.create(Optional.of("one"), HOUR).text(), "one");
        awaitRevoked(first);
        assertThat(revocations.contains(second)).isFalse();
    }

    @Test
    void aRevokedCertificateIsNotRenewed() {
        X509Certificate certificate =
                enrol(tokens.create(Optional.empty(), HOUR).text(), "one");
        X509Certificate renewed = Pem.certificate(
                certificates.renew(certificate, Requests.csr("one", pair)).certificate());
        assertThat(revocations.contains(certificate)).isFalse();
        assertThat(certificates.revoke("one")).isEqualTo(2);
        awaitRevoked(certificate);
        awaitRevoked(renewed);
        refused(Reason.CERTIFICATE_REFUSED, () -> certificates.renew(certificate, Requests.csr("one", pair)));
        assertThat(certificates.revoke("one")).isZero();
    }

    @Test
    void aRenewalCannotChangeTheName() {
        X509Certificate certificate =
                enrol(tokens.create(Optional.empty(), HOUR).text(), "one");
        refused(Reason.INVALID, () -> certificates.renew(certificate, Requests.csr("two", pair)));
    }

    @Test
    void requestsThatProveNothingAreRefused() {
        String token = tokens.create(Optional.empty(), HOUR).text();
        refused(Reason.INVALID, () -> certificates.enrol(token, "one", Requests.csr("two", pair)));
        refused(
                Reason.INVALID,
                () -> certificates.enrol(token, "one", Requests.csr("one", pair, Requests.newKeyPair())));
        refused(Reason.INVALID, () -> certificates.enrol(token, "one", "not a request"));
        refused(Reason.INVALID, () -> certificates.enrol(token, "one/../two", Requests.csr("one", pair)));
        refused(Reason.INVALID, () -> certificates.enrol(token, "one", Pem.of(authority.certificate())));
    }

    @Test
    void ofManyThatShowATokenAtOnceOneGetsACertificate() throws Exception {
        String token = tokens.create(Optional.empty(), HOUR).text();
        List<Future<X509Certificate>> attempts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 16; i++) {
                String host = "host-" + i;
                attempts.add(threads.submit(() -> enrol(token, host)));
            }
        }
        int given = 0;
        for (Future<X509Certificate> attempt : attempts) {
            try {
                attempt.get();
                given++;
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(IdentityException.class);
            }
        }
        assertThat(given).isOne();
    }

    @Test
    void everyServerHasTheSameAuthorityAndNeedsTheMasterKey() {
        assertThat(Authority.open(store, masterKey, now::get).certificate()).isEqualTo(authority.certificate());
        MasterKey other = MasterKey.readOrCreate(directory.resolve("other.key"));
        refused(Reason.MASTER_KEY, () -> Authority.open(store, other, now::get));
    }

    @Test
    void revocationsAreForgottenWhenTheyNoLongerMatter() {
        X509Certificate certificate =
                enrol(tokens.create(Optional.empty(), HOUR).text(), "one");
        certificates.revoke("one");
        awaitRevoked(certificate);
        try (Revocations later = Revocations.open(store, now.get().plus(Duration.ofDays(8)))) {
            assertThat(later.contains(certificate)).isFalse();
        }
    }

    private X509Certificate enrol(String token, String host) {
        return Pem.certificate(
                certificates.enrol(token, host, Requests.csr(host, pair)).certificate());
    }

    private void awaitRevoked(X509Certificate certificate) {
        while (!revocations.contains(certificate)) {
            Thread.onSpinWait();
        }
    }

    private static void refused(Reason reason, Callable<?> action) {
        assertThatThrownBy(action::call)
                .isInstanceOfSatisfying(
                        IdentityException.class,
                        error -> assertThat(error.reason()).isEqualTo(reason));
    }
}
