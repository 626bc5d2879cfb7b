// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var Ke=require("node:worker_threads");var M=require("node:zlib"),Ne=require("node:timers/promises");\
function B(t){return t.split(\`
\`).map(He).join(\`
\`)}function He(t){return t.replace(/[\\p{C}\\p{Zl}\\p{\
Zp}]/gu,e=>j(e.charAt(0))+(e.length>1?j(e.charAt(1)):""))}function j(t){return\`\\\\u\${t.charCodeAt(0).t\
oString(16).padStart(4,"0")}\`}var d=class extends Error{name="KeepfitError";code;constructor(e,r,n){\
super(\`\${e}: \${B(r)}\`,n),this.code=e}};function g(t){return t instanceof Error&&t.name==="KeepfitError\
"&&"code"in t}var V=3988292384;var G=2147483648,De=8388608;function Me(t){let e=G,r=De;for(let n=t;n\
>0;n=Math.floor(n/2))n%2===1&&(e=x(e,r)),r=x(r,r);return(n,o)=>(x(e,n)^o)>>>0}function x(t,e){let r=\
0;for(let n=G;n!==0;n>>>=1)t&n&&(r^=e),e=e&1?e>>>1^V:e>>>1;return r}function C(t,e){let r=new DataVi\
ew(e.buffer,e.byteOffset,e.byteLength);return t.reduce((n,o,i)=>Me(o)(n,r.getUint32(4*i,!0)),0)}var \
b=class{#n;#o;#e;#r=0;#t;constructor(e,r){this.#n=e,this.#o=r,this.#e=new DataView(new ArrayBuffer(4\
*e.length)),this.#t=e[0]??0}add(e){for(let r=0;r<e.byteLength;){for(;this.#t===0;)this.#t=this.#n[++\
this.#r]??1/0;if(this.#t===1/0)return;let n=Math.min(r+this.#t,e.byteLength),o=4*this.#r,i=this.#e.g\
etUint32(o,!0);this.#e.setUint32(o,this.#o(e.subarray(r,n),i),!0),this.#t-=n-r,r=n}}toBytes(){return\
 new Uint8Array(this.#e.buffer)}};function Y(){let t=Promise.resolve();return{run:e=>{let r=t.then(e\
,e);return t=r.catch(()=>{}),r}}}var L=require("node:path");var q={fsStore:"folder",fileSink:"path"}\
,je={ENOSPC:"the disk is full",EDQUOT:"the disk quota is used up"},Be=[-122,-69];function Q(t,e){let\
 r=m(t),n=\`could not \${e.action} \${e.path} (\${r===""?String(t):r})\`,o=je[r];if(o!==void 0){let i=e.byte\
Length===void 0?"":\`, and \${e.byteLength} bytes must fit into \${(0,L.dirname)(e.path)}\`,s=\`\${n}: \${o}\${i}\
; free some room, or \${F(e)}\`;return new d("KEEPFIT_STORE_FULL",s,{cause:t})}return new d("KEEPFIT_ST\
ORE_FAILED",\`\${n}: \${Ve(r,e)}\`,{cause:t})}function m(t){let e=g(t)?t.cause:t,{code:r,errno:n}=e??{};re\
turn Be.includes(n)?"EDQUOT":typeof r=="string"?r:""}async function p(t){try{return await t()}catch(\
e){if(m(e)==="ENOENT")return;throw e}}function Ve(t,e){let{owner:r,path:n}=e,o=q[r];switch(t){case"E\
ACCES":case"EPERM":return\`this user may not; let it read and write in \${(0,L.dirname)(n)}, or \${F(e)}\`\
;case"ERR_ACCESS_DENIED":return"Node's permission model forbids it; use --allow-fs-write, or on Node\
 26, which forbids fsync, no --permission";case"EROFS":return\`the file system is read-only; give \${r}\
 a \${o} that can be written\`;case"EEXIST":return\`something else has this name; move it away, or \${F(e)\
}\`;case"ENAMETOOLONG":return\`this path, or a name in it, is longer than the file system allows; give\
 \${r} a shorter \${o}\`;case"ENOTCONN":case"ESTALE":case"ENODEV":case"ENXIO":case"EHOSTDOWN":return"the \
drive was disconnected; connect it again, then run the training again";case"EIO":return\`the disk or \
the drive reports an error; check it, or \${F(e)}\`;case"ENOTDIR":return\`a part of this path is a file;\
 give \${r} a path made of folders\`;case"EISDIR":return\`a folder has this name; move it away, or \${F(e)\
}\`;case"ELOOP":return"a symbolic link has this name and cannot be followed; remove it";case"EFBIG":r\
eturn\`the file system, or ulimit -f, takes no file of this size; give \${r} a \${o} on another one\`;case\
"ENOENT":return"this file, or a folder above it, was deleted or moved away; let nothing else move or\
 clean up there, then run again";case"EMFILE":case"ENFILE":return"too many files are open; raise the\
 limit (ulimit -n)";default:return\`see the cause, or \${F(e)}\`}}function F({owner:t}){return\`give \${t} \
another \${q[t]}\`}var z={open:"open",stat:"look at",lstat:"look at",readdir:"list",mkdir:"make the fol\
der",rename:"rename",link:"link",unlink:"delete",readlink:"follow the symbolic link"},J={read:"read"\
,write:"write",truncate:"cut",stat:"look at",sync:"sync",close:"close"},Ge=new Set(["rename","link"]\
);function $(t,e,r={}){let n=X(t,z,(o,i)=>({owner:e,action:o==="open"?Ye(t.constants,Number(i[1])):z\
[o],path:String(Ge.has(o)?i[1]:i[0]),...r}));return{...n,constants:t.constants,open:async(o,i,s)=>X(\
await n.open(o,i,s),J,a=>({owner:e,action:J[a],path:o,...r})),for:o=>$(t,e,{...r,...o})}}function Ye\
(t,e){let{O_WRONLY:r,O_RDWR:n=0,O_EXCL:o=0}=t;return(e&o)!==0?"make":(e&(r|n))===0?"read":"open"}fun\
ction X(t,e,r){let n=t,o=Object.keys(e).map(i=>[i,async(...s)=>{try{return await Reflect.apply(n[i],\
t,s)}catch(a){throw g(a)?a:Q(a,r(i,s))}}]);return Object.fromEntries(o)}var Vt=16*1024*1024;function\
 Z(t,e,r){return{...t,fs:$(e,"fsStore"),host:r,commits:Y()}}var ee=require("node:crypto"),P=require(\
"node:path");var qe=".safetensors",Qe="[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";function te(t){r\
eturn new RegExp(\`^\${Qe}$\`).test(t)}function y(t,e){return(0,P.join)(t,\`\${e}\${qe}\`)}function S(t,e){ret\
urn(0,P.join)(t,\`.\${e}.lock\`)}function re(t,e,r){return\`\${S(t,e)}.\${r}\`}function ne(t,e){return(0,P.joi\
n)(t,\`.\${e}.\${(0,ee.randomUUID)()}.tmp\`)}var h=require("node:path");async function T({fs:t,host:e},r){\
if(e.isWindows)return;let n=await t.for({action:"sync the folder"}).open(r,t.constants.O_RDONLY);try\
{await n.sync()}catch(o){if(m(o)!=="EINVAL")throw o}finally{await n.close()}}var ze=new Set(["EACCES\
","EPERM"]);async function oe(t){let e=await O(t,t.path);if(e&&t.isPrepared)return!1;let r=await A(t\
,t.path,e);return t.isPrepared=!0,r}async function A(t,e,r){let n=(0,h.dirname)(e);if(r)return await\
 Xe(t,e),!1;await A(t,n,await O(t,n));let o=!0;try{await t.fs.mkdir(e,{mode:448})}catch(i){if(m(i)!=\
="EEXIST")throw i;o=!await O(t,e)&&await Je(t,e)}return o&&await t.held?.placeAgain(e),await T(t,n),\
o}async function Je(t,e){let r=await t.fs.readlink?.(e).catch(()=>{});if(r===void 0){let o=\`\${e} is a\
 symbolic link to a folder that is missing; make that folder\`;throw new d("KEEPFIT_STORE_FAILED",o)}\
let n=(0,h.isAbsolute)(r)?r:\`\${(0,h.dirname)(e)}\${h.sep}\${r}\`;return A(t,n,await O(t,n))}async function\
 O({fs:t,...e},r=e.path){let n=t.for({action:"look at the folder"}),o=await p(()=>n.stat(r,{bigint:!\
0}));if(o===void 0)return!1;if(o.isDirectory())return!0;throw new d("KEEPFIT_STORE_FAILED",\`\${r} is a\
 file, but fsStore needs a folder there; give fsStore the path of a folder\`)}async function Xe(t,e){\
if((0,h.dirname)(e)!==e)try{await T(t,(0,h.dirname)(e))}catch(r){if(!ze.has(m(r)))throw r}}async fun\
ction ie(t,e){let{O_WRONLY:r,O_CREAT:n,O_EXCL:o,O_NOFOLLOW:i=0}=t.constants,s=await t.open(e,r|n|o|i\
,384);return{path:e,handle:s,isOpen:!0}}async function N(t){t.isOpen=!1,await t.handle.close()}async\
 function se(t,e){e.isOpen&&await N(e).catch(()=>{}),await t.unlink(e.path).catch(()=>{})}var Ze=new\
 Set(["EPERM","EACCES","EBUSY"]),et=500,tt=1e4;async function ae(t,e,r=async()=>{}){for(let n=0,o=10\
;;n+=o,o=Math.min(2*o,et)){await r();try{return await e()}catch(i){if(!t.isWindows||!Ze.has(m(i))||n\
>=tt)throw i}await t.pause(o)}}async function ce(t,e,r,n){for(let o=0;o<e.length;){let i=Math.min(e.\
length-o,1073741824),{bytesWritten:s}=await t.write(e,o,i,r+o);if(!(s>0&&s<=i))throw n(i,s);o+=s}}fu\
nction de(t,e,r){let n="Nothing was changed";if(!r){let i=\`the lock file \${t} of this training was de\
leted, so another trainer may have finished the run meanwhile. \${n}. Start this training again, and l\
et nothing else delete files in that folder\`,s=Object.assign(new Error("the lock file is missing"),{\
code:"ENOENT",path:t});return new d("KEEPFIT_STORE_CONFLICT",i,{cause:s})}let o=e===void 0?"does not\
 say any more that this training holds it":\`names process \${e.pid} on host \${e.host} since \${e.since} i\
nstead of this training\`;return new d("KEEPFIT_STORE_CONFLICT",\`the lock file \${t} \${o}: it was delete\
d or replaced, and another trainer may write now. \${n}. Stop one of the two, or give each its own fol\
der or name\`)}var fe=2**21,rt=4;async function ue(t,e,r,n){let{O_RDONLY:o,O_NOFOLLOW:i=0,O_NONBLOCK:\
s=0}=t.constants,a=await p(()=>t.open(e,o|i|s));if(a!==void 0)try{let u=await a.stat({bigint:!0});if\
(!u.isFile())throw new d("KEEPFIT_STORE_FAILED",\`\${e} is no regular file; move it away\`);let f=await \
le(a,e,ot(e,u.size,r),n),l=await a.stat({bigint:!0});if(l.size!==u.size||l.mtimeNs!==u.mtimeNs&&!awa\
it nt(a,e,f))throw me(e,u.size,l.size);return{bytes:f,stats:l}}finally{await a.close().catch(()=>{})\
}}async function nt(t,e,r){let n=await le(t,e,new Uint8Array(r.length));return Buffer.compare(r,n)==\
=0}function ot(t,e,r){try{if(e<=BigInt(r))return new Uint8Array(Number(e))}catch(o){throw new d("KEE\
PFIT_STORE_FAILED",\`no memory for the \${e} bytes of \${t}; free some\`,{cause:o})}let n=\`\${t} has \${e} byt\
es, more than the \${r} that can be read here; check the file, or use a newer Node\`;throw new d("KEEPF\
IT_STORE_FAILED",n)}async function le(t,e,r,n=()=>{}){let o=0,i=new Map,s=0,a=async()=>{for(;o<r.len\
gth;){let f=o;o+=fe;let l=Math.min(f+fe,r.length);await it(t,e,r,f,l),i.set(f,l);for(let k=i.get(s);\
k!==void 0;k=i.get(s))n(r.subarray(s,k)),s=k}},u=await Promise.allSettled(Array.from({length:rt},a))\
;for(let f of u)if(f.status==="rejected")throw f.reason;return r}async function it(t,e,r,n,o){for(le\
t i=n;i<o;){let{bytesRead:s}=await t.read(r,i,o-i,i);if(!(s>0))throw me(e,BigInt(r.length),BigInt(i)\
);i+=s}}function me(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`\${t} was changed while it was read (\${\
e} bytes at first, then \${r}): something other than keepfit writes into it; stop that and try again\`)\
}function pe(t){try{let e=JSON.parse(new TextDecoder().decode(t)),{host:r,pid:n,uuid:o,since:i}=e;re\
turn typeof r!="string"||typeof o!="string"||typeof i!="string"||!te(o)||typeof n!="number"||!Number\
.isSafeInteger(n)||n<1||e.bootId===void 0||e.startTime===void 0?void 0:{host:r,bootId:E(e.bootId),pi\
dNamespace:E(e.pidNamespace),pid:n,startTime:E(e.startTime),machine:E(e.machine),threadId:he(e.threa\
dId),thread:st(e.thread),uuid:o,since:i,socket:E(e.socket),socketDevice:E(e.socketDevice)}}catch{ret\
urn}}function E(t){if(t!=null){if(typeof t=="string")return t;throw new TypeError("not a text")}}fun\
ction he(t){if(t!=null){if(typeof t=="number"&&Number.isSafeInteger(t)&&t>=0)return t;throw new Type\
Error("not a number")}}function st(t){if(t==null)return;let{tid:e,startTime:r}=t,n=he(e);if(n===void\
 0)throw new TypeError("not a thread");return{tid:n,startTime:E(r)}}var at=65536;async function ct({\
folder:t},e){let r=await ue(t.fs,e,at);return r&&{path:e,holder:pe(r.bytes)}}async function ye(t){le\
t{folder:e,key:r}=t,n=[],o=S(e.path,r);for(;;){let i=await dt(t,o)?await ct(t,o):void 0;if(i===void \
0)return n;let s=n.some(({holder:a})=>a?.uuid===i.holder?.uuid);if(n.push(s?{path:o,holder:void 0}:i\
),i.holder===void 0||s)return n;o=re(e.path,r,i.holder.uuid)}}async function dt({folder:t},e){let r=\
t.fs.for({action:"read"});return await p(()=>r.lstat(e,{bigint:!0}))!==void 0}async function ge(t,e,\
r){let n=(await ye({folder:t,key:e})).at(-1);if(n?.holder?.uuid!==r)throw de(S(t.path,e),n?.holder,n\
!==void 0)}var Ee=require("node:crypto"),we=require("node:zlib"),_=16*1024,w=class{#n;#o=(0,Ee.creat\
eHash)("sha256");#e;#r=0;#t=0;constructor(e,r){this.#n=e,this.#e=r}add(e){this.#e===void 0&&(this.#r\
=(0,we.crc32)(e,this.#r));for(let[r,n]of R(this.#n)){let o=Math.max(r-this.#t,0),i=Math.min(n-this.#\
t,e.length);o<i&&this.#o.update(e.subarray(o,i))}this.#t+=e.length}skipTo(e){this.#t=e}formatEdges()\
{return\`\${this.#n}-\${this.#o.copy().digest("hex").slice(0,32)}-\`}formatVersion(){let e=this.#e?.()??th\
is.#r;return this.formatEdges()+e.toString(16).padStart(8,"0")}};function R(t){return t<=2*_?[[0,t]]\
:[[0,_],[t-_,t]]}function ke(t,e){return t.startsWith(\`\${e}-\`)}var W="the old checkpoint stays";funct\
ion K(t,e,r,n){let o=r===null?"no checkpoint":"the one that was last read or stored here",[i,s]=n===\
void 0?["it is gone","something deleted it or moved it away"]:[\`another one of \${n} bytes is there\`,\`\
another trainer wrote in \${t}\`];return new d("KEEPFIT_STORE_CONFLICT",\`\${e} should be \${o}, but \${i}: \${s\
}, and nothing was changed. Stop one of the two, or give each its own folder or name\`)}function Fe(t\
,e,r){return new d("KEEPFIT_STORE_FAILED",\`\${t} should have \${e} bytes, but has \${r}; \${W}\`)}function be\
(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`a write of \${e} bytes to \${t} wrote \${r}; \${W}\`)}function v\
(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`the chunks for \${t} must add up to the announced \${e} byt\
es, but came to \${r}; \${W}\`)}function Se(t,e){return new d("KEEPFIT_STORE_FAILED",\`the new checkpoint \
is in place at \${t}, but a power cut may bring back the old one because the folder could not be synce\
d (\${m(e)||String(e)}); check the disk before you continue\`,{cause:e})}var ft=1024*1024;async functio\
n Te(t,e,r){if(r?.lock!==void 0&&await ge(t,e,r.lock),r?.replaces===void 0)return;let{replaces:n}=r,\
o=await Oe(t,e);if(!(U(o,n)&&(n===null||await ut(t,e,n))))throw K(t.path,y(t.path,e),n,o?.size)}asyn\
c function Pe(t,e,r){if(r?.replaces===void 0)return;let n=await Oe(t,e);if(!U(n,r.replaces))throw K(\
t.path,y(t.path,e),r.replaces,n?.size)}async function Oe({fs:t,path:e},r){return p(()=>t.lstat(y(e,r\
),{bigint:!0}))}function U(t,e){return t===void 0||e===null?t===void 0&&e===null:t.isFile()&&ke(e,t.\
size)}async function ut(t,e,r){let{fs:n}=t,{O_RDONLY:o,O_NOFOLLOW:i=0,O_NONBLOCK:s=0}=n.constants,a=\
o|i|s,u=await p(()=>n.open(y(t.path,e),a));if(u===void 0)return!1;try{let f=await u.stat({bigint:!0}\
);if(!U(f,r)||!await lt(u,Number(f.size),r))return!1;if(mt(t,e,r,f))return!0;let l=new w(Number(f.si\
ze));return await Ie(l,u,0,Number(f.size)),l.formatVersion()!==r?!1:(H(t,e,r,f),!0)}finally{await u.\
close().catch(()=>{})}}async function lt(t,e,r){let n=new w(e);for(let[o,i]of R(e))n.skipTo(o),await\
 Ie(n,t,o,i);return r.startsWith(n.formatEdges())}async function Ie(t,e,r,n){let o=new Uint8Array(Ma\
th.min(n-r,ft));for(let i=r;i<n;){let{bytesRead:s}=await e.read(o,0,Math.min(o.length,n-i),i);if(!(s\
>0))return;t.add(o.subarray(0,s)),i+=s}}function H(t,e,r,n){t.known.set(e,{version:r,stamp:xe(n)})}f\
unction mt(t,e,r,n){let o=t.known.get(e);return o?.version===r&&o.stamp===xe(n)}function xe({dev:t,i\
no:e,mtimeNs:r,size:n}){return\`\${t}:\${e}:\${r}:\${n}\`}var I=class{#n;#o;#e=0;#r;#t;constructor(e,r){this.#\
n=e,this.#o=r}add(e){this.throwFailure(),this.#e+=e,!(this.#e<this.#o||this.#r!==void 0)&&(this.#e=0\
,this.#r=this.#i())}async waitUntilIdle(){await this.#r}throwFailure(){if(this.#t!==void 0)throw thi\
s.#t.error}async#i(){try{await this.#n.handle.sync()}catch(e){this.#t={error:e}}this.#r=void 0}};asy\
nc function Ce(t,e){try{await T(t,t.path)}catch(r){throw Se(e,r.cause)}}async function Le(t,e,r,n,o)\
{let{byteLength:i}=r,s=y(t.path,e);await Pe(t,e,n),n?.lock===void 0&&await oe(t);let a=await ie(t.fs\
.for({byteLength:i}),o?.temp??ne(t.path,e)),u=new w(i,o?.getCrc);try{await pt(a,r,t.syncEvery,u),awa\
it yt(a,i),await a.handle.sync(),await N(a);let f=await t.fs.lstat(a.path,{bigint:!0});o?.beforeRena\
me(u.formatVersion()),await t.commits.run(async()=>{await gt(t,e,a,n),H(t,e,u.formatVersion(),f)})}c\
atch(f){throw await se(t.fs,a),f}return await Ce(t,s),u.formatVersion()}async function pt(t,e,r,n){l\
et o=new I(t,r);try{await ht(t,e,i=>{n.add(i),o.add(i.length)})}finally{await o.waitUntilIdle()}o.th\
rowFailure()}async function ht({path:t,handle:e},{byteLength:r,chunks:n},o){let i=0;for await(let s \
of n){let a=new Uint8Array(s.buffer,s.byteOffset,s.byteLength);if(i+a.length>r)throw v(t,r,\`\${i+a.len\
gth} or more\`);await ce(e,a,i,(u,f)=>be(t,u,f)),i+=a.length,o(a)}if(i!==r)throw v(t,r,String(i))}asy\
nc function yt({path:t,handle:e},r){let{size:n}=await e.stat({bigint:!0});if(n!==BigInt(r))throw Fe(\
t,r,n)}async function gt(t,e,r,n){let o=y(t.path,e),i=t.fs.for({action:"put a new checkpoint at"});a\
wait ae(t.host,()=>i.rename(r.path,o),()=>Te(t,e,n))}var Et=128;function $e(t,e){for(let r=0;r<Et;r+\
+)t[r]=e.charCodeAt(r)}function Ae(t){if(!g(t))throw t;let{code:e,message:r,cause:n}=t;return{code:e\
,message:r.slice(\`\${e}: \`.length),cause:n instanceof Error?{message:n.message,fields:{...n}}:void 0}}\
async function _e(t,e){let r=new D(t);for(;;){let n=await r.receive();n.kind==="begin"&&r.send({kind\
:"ended",outcome:await wt(r,n.job,e)}),r.flush()}}async function wt(t,e,r){let n=Z(e.folder,r,{isWin\
dows:!1,pause:Ne.setTimeout}),{path:o,syncEvery:i}=n,{partLengths:s}=e,a=s&&new b(s,M.crc32),u=Ft(t)\
,f={byteLength:e.byteLength,chunks:a===void 0?u:bt(u,a)},l=await Le(n,e.key,f,e.condition,{temp:e.te\
mp,beforeRename:Ue=>$e(e.renaming,Ue),getCrc:a&&s&&(()=>kt(s,a.toBytes()))}).catch(Ae),{isPrepared:k\
,known:ve}=n;return{folder:{path:o,syncEvery:i,isPrepared:k,known:ve},result:l}}function kt(t,e){ret\
urn(0,M.crc32)(e,C(t,e))}async function*Ft(t){for(;;){let e=await t.receive();if(e.kind==="commit")r\
eturn;if(e.kind!=="bytes")throw new d("KEEPFIT_STORE_FAILED","the store has given up");let{buffer:r,\
length:n}=e;yield new Uint8Array(r,0,n),t.send({kind:"freed",buffer:r})}}async function*bt(t,e){for \
await(let r of t)e.add(r),yield r;yield e.toBytes()}var D=class{#n;#o=[];#e=[];#r=()=>{};constructor\
(e){this.#n=e,e.on("message",r=>{this.#o.push(...r),this.#r()})}async receive(){for(;;){let e=this.#\
o.shift();if(e!==void 0)return e;this.flush(),await new Promise(r=>{this.#r=r})}}send(e){this.#e.pus\
h(e)}flush(){if(this.#e.length===0)return;let e=this.#e.flatMap(r=>r.kind==="freed"?[r.buffer]:[]);t\
his.#n.postMessage(this.#e,e),this.#e=[]}};var c=require("node:fs"),Re=require("node:util"),St=(0,Re\
.promisify)(c.fsync),We={constants:c.constants,open:async(t,e,r)=>Tt((0,c.openSync)(t,e,r)),stat:asy\
nc(t,e)=>(0,c.statSync)(t,e),lstat:async(t,e)=>(0,c.lstatSync)(t,e),readdir:async(t,e)=>(0,c.readdir\
Sync)(t,e),mkdir:async(t,e)=>(0,c.mkdirSync)(t,e),rename:async(t,e)=>(0,c.renameSync)(t,e),link:asyn\
c(t,e)=>(0,c.linkSync)(t,e),unlink:async t=>(0,c.unlinkSync)(t),readlink:async t=>(0,c.readlinkSync)\
(t)};function Tt(t){return{read:async(...e)=>({bytesRead:(0,c.readSync)(t,...e)}),write:async(...e)=\
>({bytesWritten:(0,c.writeSync)(t,...e)}),stat:async e=>(0,c.fstatSync)(t,e),sync:()=>St(t),close:as\
ync()=>(0,c.closeSync)(t)}}_e(Ke.parentPort,We).catch(t=>{queueMicrotask(()=>{throw t})});`;
