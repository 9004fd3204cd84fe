/**
 * The REST engine: resources described by their attributes, served over HTTP.
 *
 * <p>It reads and checks bodies, filters, sorts and pages lists, writes records straight to JSON and turns every
 * failure into one error form that names the field and the rule. It knows no domain: each resource is served by a
 * {@link io.weft.rest.ResourceService} that the dialect hands in.
 */
@NullMarked
package io.weft.rest;

import org.jspecify.annotations.NullMarked;
