package io.weft.server.identity;

import io.weft.server.identity.IdentityException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key under which secrets lie in the store: AES-256 in GCM (NIST SP 800-38D) with a random nonce, bound to the
 * place where the secret lies, so that one cannot be put in another's place.
 */
public final class MasterKey {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;

    private MasterKey(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    /**
     * Reads the key from a file that only its owner may read.
     *
     * @throws IdentityException {@link Reason#MASTER_KEY} when others may read it or it holds no key
     */
    public static MasterKey read(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)
                    .containsAll(permissions)) {
                throw new IdentityException(
                        Reason.MASTER_KEY,
                        file + " must be accessible to its owner only (chmod 600), not "
                                + PosixFilePermissions.toString(permissions));
            }
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            if (key.length != KEY_BYTES) {
                throw new IllegalArgumentException(key.length + " bytes");
            }
            return new MasterKey(key);
        } catch (IllegalArgumentException e) {
            throw new IdentityException(Reason.MASTER_KEY, file + " holds no key of 32 bytes in Base64", e);
        } catch (IOException e) {
            throw new IdentityException(Reason.MASTER_KEY, file + " cannot be read: " + e, e);
        }
    }

    /** Reads the key, and makes one first when the file is not there. It is on the disk before this returns. */
    public static MasterKey readOrCreate(Path file) {
        if (!Files.exists(file)) {
            create(file);
        }
        return read(file);
    }

    private static void create(Path file) {
        byte[] key = new byte[KEY_BYTES];
        RANDOM.nextBytes(key);
        ByteBuffer text =
                ByteBuffer.wrap((Base64.getEncoder().encodeToString(key) + "\n").getBytes(StandardCharsets.US_ASCII));
        Path directory = file.toAbsolutePath().getParent();
        try {
            Files.createDirectories(directory);
            Path fresh = Files.createTempFile(
                    directory,
                    ".key-",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                while (text.hasRemaining()) {
                    channel.write(text);
                }
                channel.force(true);
            }
            try {
                // A link appears whole or not at all, and never replaces the key of a server that was quicker.
                Files.createLink(file, fresh);
            } catch (FileAlreadyExistsException e) {
                return;
            } finally {
                Files.delete(fresh);
            }
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the master key cannot be written to " + file, e);
        }
    }

    /** Encrypts a secret for a place in the store. */
    String encrypt(String place, Secret secret) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, place, nonce).doFinal(secret.reveal());
            byte[] whole = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, whole, NONCE_BYTES, sealed.length);
            return Base64.getEncoder().encodeToString(whole);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES in GCM", e);
        }
    }

    /**
     * Decrypts what was encrypted for this place.
     *
     * @throws IdentityException {@link Reason#MASTER_KEY} when it was not encrypted with this key
     */
    Secret decrypt(String place, String text) {
        try {
            byte[] whole = Base64.getDecoder().decode(text);
            if (whole.length <= NONCE_BYTES) {
                throw new IllegalArgumentException("too short");
            }
            byte[] nonce = Arrays.copyOf(whole, NONCE_BYTES);
            return Secret.owned(
                    cipher(Cipher.DECRYPT_MODE, place, nonce).doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IdentityException(
                    Reason.MASTER_KEY, "the master key is not the one that this store was encrypted with", e);
        }
    }

    private Cipher cipher(int mode, String place, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    @Override
    public String toString() {
        return "(master key)";
    }
}
