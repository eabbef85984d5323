/**
 * The default channel groups of Google Analytics 4 for traffic that is tagged by hand, in the order in which they are
 * asked: the first that holds (https://support.google.com/analytics/answer/9756891). Expressions
 * over `source` and `medium` in lower case, and `campaign`; a touch without any is direct.
 */
export const defaultChannels: Readonly<Record<string, string>> = (() => {
  const isPaid = "regexp_matches(medium, '^(.*cp.*|ppc|retargeting|paid.*)$')"
  const kind = (name: string) => `source_kind(source) = '${name}'`
  const isShop = `(${kind("shopping")} or regexp_matches(lower(campaign), '^(.*(([^a-df-z]|^)shop|shopping).*)$'))`
  const mail = "('email', 'e-mail', 'e_mail', 'e mail')"
  return {
    Direct: "(source is null and medium is null) or (source = '(direct)' and medium in ('(not set)', '(none)'))",
    "Cross-network": "contains(lower(campaign), 'cross-network')",
    "Paid Shopping": `${isShop} and ${isPaid}`,
    "Paid Search": `${kind("search")} and ${isPaid}`,
    "Paid Social": `${kind("social")} and ${isPaid}`,
    "Paid Video": `${kind("video")} and ${isPaid}`,
    Display: "medium in ('display', 'banner', 'expandable', 'interstitial', 'cpm')",
    "Paid Other": isPaid,
    "Organic Shopping": isShop,
    "Organic Social": `${kind("social")} or medium in ('social', 'social-network', 'social-media', 'sm', 'social network', 'social media')`,
    "Organic Video": `${kind("video")} or regexp_matches(medium, '^(.*video.*)$')`,
    "Organic Search": `${kind("search")} or medium = 'organic'`,
    Referral: "medium in ('referral', 'app', 'link')",
    Email: `source in ${mail} or medium in ${mail}`,
    Affiliates: "medium = 'affiliate'",
    Audio: "medium = 'audio'",
    SMS: "source = 'sms' or medium = 'sms'",
    "Mobile Push Notifications":
      "ends_with(medium, 'push') or contains(medium, 'mobile') or contains(medium, 'notification') or source = 'firebase'"
  }
})()

/**
 * Parameters that advertising systems add to the address of a page by themselves, and whose clicks are paid for: Google
 * Ads (https://support.google.com/google-ads/answer/9744275) and Microsoft Advertising
 * (https://help.ads.microsoft.com/apex/index/3/en/60000), by what they are the source of.
 */
export const clickIds: Readonly<Record<string, string>> = {
  gclid: "google",
  gbraid: "google",
  wbraid: "google",
  msclkid: "bing"
}
