package io.weft.server.identity;

import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.server.identity.IdentityException.Reason;
import io.weft.server.identity.Records.AuthorityRecord;
import io.weft.store.CommitResult;
import io.weft.store.Entry;
import io.weft.store.Store;
import io.weft.store.Transaction;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The installation's certificate authority (RFC 5280): one key on P-256 for all servers, made by whichever server comes
 * first. It signs nodes' certificates, which can only be clients, and servers' own, which can only be servers.
 */
public final class Authority {
    private static final Duration LIFETIME = Duration.ofDays(20L * 365);
    /** Clocks of hosts may be apart by this much. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final X509Certificate certificate;
    private final PrivateKey key;
    private final InstantSource clock;

    private Authority(X509Certificate certificate, PrivateKey key, InstantSource clock) {
        this.certificate = certificate;
        this.key = key;
        this.clock = clock;
    }

    /**
     * The authority of a store, made when it has none.
     *
     * @throws IdentityException {@link Reason#MASTER_KEY} when the master key is not that of the store
     */
    public static Authority open(Store store, MasterKey masterKey, InstantSource clock) {
        Optional<Entry> entry = store.get(Records.AUTHORITY);
        if (entry.isEmpty()) {
            Authority fresh = create(clock);
            AuthorityRecord made = new AuthorityRecord(
                    Pem.of(fresh.certificate),
                    masterKey.encrypt(Records.AUTHORITY, Secret.owned(fresh.key.getEncoded())));
            CommitResult result = store.commit(Transaction.builder()
                    .create(Records.AUTHORITY, Records.encode(made))
                    .build());
            if (result instanceof CommitResult.Committed) {
                return fresh;
            }
            // Another server was quicker: its authority is everybody's.
            entry = store.get(Records.AUTHORITY);
        }
        AuthorityRecord kept = Records.decode(
                entry.orElseThrow(() -> new IllegalStateException("the authority vanished"))
                        .value(),
                AuthorityRecord.class);
        return new Authority(
                Pem.certificate(kept.certificate()),
                privateKey(masterKey.decrypt(Records.AUTHORITY, kept.key())),
                clock);
    }

    private static Authority create(InstantSource clock) {
        KeyPair pair = newKeyPair();
        Instant now = clock.instant();
        X500Name name = name("Weft installation " + serial().toString(36).substring(0, 8));
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            name,
                            serial(),
                            Date.from(now.minus(SKEW)),
                            Date.from(now.plus(LIFETIME)),
                            name,
                            pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            extensions.createSubjectKeyIdentifier(pair.getPublic()));
            return new Authority(sign(builder, pair.getPrivate()), pair.getPrivate(), clock);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the authority's certificate cannot be made", e);
        }
    }

    /** The authority's own certificate, which everybody trusts. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** The SHA-256 of the certificate in Base64url, by which a new node knows the installation. */
    public String fingerprint() {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A certificate of a node for TLS as a client. */
    X509Certificate issueNode(String host, PublicKey publicKey, Duration lifetime) {
        return issue(
                host,
                new GeneralNames(new GeneralName(GeneralName.dNSName, host)),
                publicKey,
                lifetime,
                KeyPurposeId.id_kp_clientAuth);
    }

    /** A certificate of a server that is reached by any of these names and addresses. */
    X509Certificate issueServer(Collection<String> names, PublicKey publicKey, Duration lifetime) {
        GeneralName[] alternatives = names.stream()
                .map(name -> new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        return issue("weft-server", new GeneralNames(alternatives), publicKey, lifetime, KeyPurposeId.id_kp_serverAuth);
    }

    private X509Certificate issue(
            String commonName, GeneralNames names, PublicKey publicKey, Duration lifetime, KeyPurposeId purpose) {
        Instant now = clock.instant();
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            certificate,
                            serial(),
                            Date.from(now.minus(SKEW)),
                            Date.from(now.plus(lifetime)),
                            new javax.security.auth.x500.X500Principal(
                                    name(commonName).getEncoded()),
                            publicKey)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose))
                    .addExtension(Extension.subjectAlternativeName, false, names)
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            extensions.createAuthorityKeyIdentifier(certificate));
            return sign(builder, key);
        } catch (GeneralSecurityException | IOException e) {
            throw new IdentityException(Reason.INVALID, "the certificate cannot be made: " + e.getMessage(), e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) throws IOException {
        try {
            return Pem.certificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key))
                    .getEncoded());
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("every Java platform has ECDSA", e);
        }
    }

    static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256", e);
        }
    }

    private static PrivateKey privateKey(Secret encoded) {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded.reveal()));
        } catch (GeneralSecurityException e) {
            throw new IdentityException(Reason.MASTER_KEY, "the authority's key cannot be read", e);
        }
    }

    // A positive number of 127 random bits (RFC 5280, 4.1.2.2 allows 20 octets).
    private static BigInteger serial() {
        return new BigInteger(127, RANDOM).setBit(126);
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
    }

    private static boolean isAddress(String name) {
        try {
            IpAddress.parse(name);
            return true;
        } catch (InvalidException e) {
            return false;
        }
    }
}
